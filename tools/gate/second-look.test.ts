import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { type Looked, lookAgain } from './second-look.ts'

const name = 'a.test.ts: it comes up'

function looked(passed: number, failed: number, skipped = 0, cause = 'Error: late'): Looked {
  const failures = Array.from({ length: failed }, () => name)
  return {
    passed,
    failed,
    skipped: Array.from({ length: skipped }, () => 'x'),
    failures,
    causes: new Map([[name, cause]]),
    failedFiles: failed > 0 ? new Map([['a.test.ts', { passed, failed, failures }]]) : new Map(),
  }
}

test('a failure that does not repeat counts as passed and is named', async () => {
  const total = { passed: 105, failed: 2, skipped: 0 }
  const failures = ['b.test.ts: other', name]
  const unsteady = await lookAgain(looked(5, 1), total, failures, async () => looked(6, 0))
  assert.deepEqual(total, { passed: 106, failed: 1, skipped: 0 })
  assert.deepEqual(failures, ['b.test.ts: other'])
  assert.deepEqual(unsteady, [name])
})

for (const [what, second] of [
  ['repeats', looked(5, 1)],
  ['is followed by fewer tests', looked(3, 0)],
  ['is followed by a skip', looked(5, 0, 1)],
] as const) {
  test(`a failure that ${what} stays one`, async () => {
    const total = { passed: 105, failed: 1, skipped: 0 }
    const failures = [name]
    const unsteady = await lookAgain(looked(5, 1), total, failures, async () => second)
    assert.deepEqual([total, failures, unsteady], [{ passed: 105, failed: 1, skipped: 0 }, [name], []])
  })
}

test('a counterexample that was drawn stays a failure: nothing runs again', async () => {
  const total = { passed: 105, failed: 1, skipped: 0 }
  const failures = [name]
  const first = looked(5, 1, 0, 'Error: Property failed after 7 tests\n{ seed: 1 }')
  const unsteady = await lookAgain(first, total, failures, () => assert.fail('it ran again'))
  assert.deepEqual([total, failures, unsteady], [{ passed: 105, failed: 1, skipped: 0 }, [name], []])
})

test('the counts come from the files that were really run', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'alto-second-look-'))
  try {
    const file = join(directory, 'once.test.mjs')
    writeFileSync(
      file,
      `import { existsSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
test('always', () => {})
test('at the second time', () => {
  const mark = new URL('./mark', import.meta.url)
  if (existsSync(mark)) return
  writeFileSync(mark, '')
  throw new Error('not yet')
})`,
    )
    const layerUrl = new URL('./run-layer.ts', import.meta.url).href
    // node:test's run() does nothing inside a test of its own: a process of its own asks it.
    const script = join(directory, 'run.mjs')
    writeFileSync(
      script,
      `import { runLayer } from ${JSON.stringify(layerUrl)}
      const layer = { name: 'one', does: '', files: [], concurrency: 1, fileTimeoutMs: 60000 }
      const said = []
      for (let i = 0; i < 2; i++) {
        const { passed, failed, failedFiles } = await runLayer(layer, {}, () => {}, [${JSON.stringify(file)}])
        said.push({ passed, failed, files: [...failedFiles] })
      }
      console.log(JSON.stringify(said))`,
    )
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const out = execFileSync(process.execPath, [script], { env, encoding: 'utf8' })
    const at = relative('.', file)
    assert.deepEqual(JSON.parse(out.trim().split('\n').at(-1) ?? ''), [
      { passed: 1, failed: 1, files: [[at, { passed: 1, failed: 1, failures: [`${at}: at the second time`] }]] },
      { passed: 2, failed: 0, files: [] },
    ])
  } finally {
    rmSync(directory, { recursive: true })
  }
})
