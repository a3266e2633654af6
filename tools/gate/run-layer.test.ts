import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { after, before, test } from 'node:test'

let directory: string
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'alto-run-layer-'))
})
after(() => rmSync(directory, { recursive: true }))

type Seen = {
  readonly passed: number
  readonly failed: number
  readonly failures: readonly string[]
  readonly said: string
}

/** Runs a file with this body as the gate does. */
function run(name: string, body: string): Seen {
  const file = join(directory, name)
  writeFileSync(file, `import { test } from 'node:test'\n${body}`)
  return runFiles({}, [relative('.', file)])
}

/** Runs files with these bodies in one process, where they may share one. */
function runTogether(bodies: Readonly<Record<string, string>>): Seen {
  const folder = mkdtempSync(join(directory, 'together-'))
  for (const [name, body] of Object.entries(bodies))
    writeFileSync(join(folder, name), `import { before, test } from 'node:test'\n${body}`)
  return runFiles({ files: [join(folder, '*.test.mjs')], together: true })
}

/** In a process of its own: node:test's run() does nothing inside a test. */
function runFiles(layer: object, files?: readonly string[]): Seen {
  const script = join(directory, 'run.mjs')
  writeFileSync(
    script,
    `import { runLayer } from ${JSON.stringify(new URL('./run-layer.ts', import.meta.url).href)}
    const layer = { name: 'one', does: '', files: [], concurrency: 1, fileTimeoutMs: 60000, ...${JSON.stringify(layer)} }
    let said = ''
    const write = (text) => { said += text }
    const { passed, failed, failures } = await runLayer(layer, {}, write${files === undefined ? '' : `, ${JSON.stringify(files)}`})
    console.log(JSON.stringify({ passed, failed, failures, said }))`,
  )
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const out = execFileSync(process.execPath, [script], { env, encoding: 'utf8' })
  return JSON.parse(out.trim().split('\n').at(-1) ?? '')
}

test('an error that nobody caught fails its file and is told, though its promise is not followed', () => {
  const { passed, failed, said } = run(
    'loose.test.mjs',
    "test('goes on', async () => { Promise.reject(new Error('loose end')); await new Promise((r) => setTimeout(r, 20)) })",
  )
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 })
  assert.match(said, /loose\.test\.mjs: Error: .*"Error: loose end"/)
})

test('an error of a timer that a test sets before it waits fails that test', () => {
  const { passed, failures } = run(
    'timer.test.mjs',
    "test('sets it', async () => { setTimeout(() => { throw new Error('late') }, 1); await new Promise((r) => setTimeout(r, 20)) })",
  )
  assert.equal(passed, 0)
  assert.match(failures.join(), /sets it/)
})

test('the hooks of what is tested see every promise', () => {
  const { failed, said } = run(
    'hooks.test.mjs',
    `import hooks from 'node:async_hooks'
     test('sees', async () => {
       const types = new Set()
       const hook = hooks.createHook({ init: (_id, type) => types.add(type) }).enable()
       await Promise.resolve()
       hook.disable()
       if (!types.has('PROMISE')) throw new Error([...types].join())
     })`,
  )
  assert.equal(failed, 0, said)
})

const tellsItsProcess = "test('tells its process', () => { console.error('process', process.pid) })"
const processesOf = ({ said }: Seen): number => new Set([...said.matchAll(/process (\d+)/g)].map(([, pid]) => pid)).size

test('files share a process, but for those whose hooks would be hooks of all', () => {
  const seen = runTogether({
    'a.test.mjs': tellsItsProcess,
    'b.test.mjs': tellsItsProcess,
    'c.test.mjs': `before(() => {})\n${tellsItsProcess}`,
  })
  assert.deepEqual([seen.passed, seen.failed, processesOf(seen)], [3, 0, 2])
})

test('a failure in a shared process is that of its test and file', () => {
  const { passed, failures } = runTogether({
    'a.test.mjs': tellsItsProcess,
    'b.test.mjs': "test('fails', () => { throw new Error('as it should') })",
  })
  assert.equal(passed, 1)
  assert.match(failures.join(), /^[^,]*b\.test\.mjs: fails$/)
})

for (const [what, body] of [
  ['dies', "test('goes', () => { process.kill(process.pid, 'SIGKILL') })"],
  ['ends itself', "test('ends', () => { process.exit(3) })"],
  ['meets an error that nobody caught', "test('rejects', () => { Promise.reject(new Error('loose end')) })"],
] as const) {
  test(`when a shared process ${what}, each of its files runs apart`, () => {
    const seen = runTogether({ 'a.test.mjs': tellsItsProcess, 'b.test.mjs': body, 'c.test.mjs': tellsItsProcess })
    assert.ok(seen.failed >= 1, seen.said)
    assert.equal(processesOf(seen), 2, 'nothing is told of the shared process')
    assert.ok(
      seen.failures.every((name) => name.includes('b.test.mjs')),
      seen.failures.join(),
    )
  })
}
