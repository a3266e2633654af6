import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { benchNames, meetsAim } from './bench.ts'
import { type Measured, renderDocument } from './document.ts'
import { percentile } from './percentile.ts'

const run = promisify(execFile)
const main = join(import.meta.dirname, 'main.ts')

test('quick benches answer figures with their aims', { timeout: 310_000 }, async () => {
  const names = ['start', 'lists', 'planner'] as const
  const { stdout } = await run(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, '--quick', '--json', '--only', names.join(',')],
    { timeout: 300_000 },
  )
  const measured = JSON.parse(stdout) as Record<string, Measured>
  assert.deepEqual(Object.keys(measured), [...names])
  for (const { found, machine } of Object.values(measured)) {
    assert.equal(found.skipped, undefined)
    assert.ok(found.rows.some((row) => row.aim !== undefined))
    for (const row of found.rows) assert.ok(row.value > 0, `${row.what}: ${row.value}`)
    assert.match(machine.commit, /^[0-9a-f]{10}$/)
  }
})

test('each bench has its file, and no other name is taken', async () => {
  for (const name of benchNames) assert.ok(existsSync(join(import.meta.dirname, 'benches', `${name}.ts`)), name)
  await assert.rejects(run(process.execPath, [main, '--only', 'nothing']), /There is no bench nothing/)
})

test('the document says which aims are missed and what was not measured', () => {
  const machine = { processor: '2 x cpu', memoryGib: 8, system: 'Linux', node: 'v24', commit: '0123456789' }
  const of = (found: Measured['found']): Measured => ({ found, load: 0.5, at: '2026-01-02T03:04:05Z', machine })
  const text = renderDocument({
    start: of({
      title: 'Start',
      rows: [
        { what: 'slow', value: 3, unit: 's', aim: { most: 2 } },
        { what: 'fast', value: 9, unit: 'a second', aim: { least: 8 } },
      ],
    }),
    libvirt: of({ title: 'libvirt', rows: [], skipped: 'no root' }),
  })
  assert.match(text, /Aims met: 1 of 2/)
  assert.match(text, /\| slow \| 3 s \| ≤ 2 \| no \|/)
  assert.match(text, /\*\*Start\*\*: slow 3 s/)
  assert.match(text, /Not measured: no root/)
})

test('a figure at its aim meets it; a share of values is one of them', () => {
  assert.equal(meetsAim({ what: '', value: 5, unit: '', aim: { most: 5 } }), true)
  assert.equal(meetsAim({ what: '', value: 4, unit: '', aim: { least: 5 } }), false)
  assert.equal(meetsAim({ what: '', value: 4, unit: '' }), undefined)
  assert.equal(percentile([3, 1, 2], 0.5), 2)
  assert.equal(percentile([3, 1, 2], 0.99), 3)
  assert.equal(
    percentile(
      Array.from({ length: 100 }, (_, index) => index + 1),
      0.99,
    ),
    99,
  )
})
