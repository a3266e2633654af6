import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rules } from './rules.ts'

function findings(file: string, text: string): string[] {
  return rules.filter((rule) => rule.applies(file)).flatMap((rule) => rule.check(file, text).map(() => rule.name))
}

const time = 'time and chance come from the Runtime'

test('the clock is refused in product code and allowed at its doors and in tests', () => {
  const text = 'const at = Date.now()\n'
  assert.deepEqual(findings('packages/server/src/vm/start.ts', text), [time])
  assert.deepEqual(findings('packages/server/src/main.ts', text), [])
  assert.deepEqual(findings('packages/server/src/vm/start.test.ts', text), [])
})

test('a comment may speak of the clock', () => {
  assert.deepEqual(findings('packages/server/src/vm/start.ts', ' * never Date.now() here\n'), [])
})

test('runtime.randomBytes is not randomBytes', () => {
  assert.deepEqual(findings('packages/server/src/a.ts', 'runtime.randomBytes(4)\n'), [])
  assert.deepEqual(findings('packages/server/src/a.ts', 'const b = randomBytes(4)\n'), [time])
})

test('a handler and a workflow ask a repository', () => {
  const refused = ['handlers and workflows hold no SQL']
  const text = "const rows = await db.selectFrom('host').selectAll().execute()\n"
  assert.deepEqual(findings('packages/server/src/host/commands/listHosts.ts', text), refused)
  assert.deepEqual(findings('packages/server/src/host/workflows/host-delete.ts', text), refused)
  assert.deepEqual(findings('packages/server/src/host/workflows/host-delete.test.ts', text), [])
  assert.deepEqual(findings('packages/server/src/host/host.repository.ts', text), [])
  for (const call of ["insertInto('host')", "updateTable('host')", "deleteFrom('host')"]) {
    const chain = `  await tx\n    .${call}\n    .execute()\n`
    assert.deepEqual(findings('packages/server/src/host/workflows/host-delete.ts', chain), refused)
  }
})

test('imports point down', () => {
  const text = "import { x } from '@altostack/server'\n"
  assert.deepEqual(findings('packages/agent/src/a.ts', text), ['imports point down the layers'])
})

test('shell strings and registry hosts are found', () => {
  assert.equal(findings('packages/agent/src/a.ts', "execSync('ls')\n").length, 1)
  assert.equal(findings('README.md', `https://${['registry', 'npmjs', 'org'].join('.')}/x\n`).length, 1)
})
