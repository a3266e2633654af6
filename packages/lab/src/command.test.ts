import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runLabCommand } from './command.ts'

async function call(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const code = await runLabCommand(argv, {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  })
  return { code, out, err }
}

test('help lists every command', async () => {
  const { code, out } = await call('help')
  assert.equal(code, 0)
  for (const verb of ['up', 'down', 'power-cut', 'freeze', 'cut', 'heal', 'clock'])
    assert.match(out, new RegExp(`^  ${verb}`, 'm'))
})

test('an unknown command or option is wrong usage and says how it is used', async () => {
  assert.equal((await call('constructor')).code, 2)
  const { code, err } = await call('up', '--hostz', '3')
  assert.equal(code, 2)
  assert.match(err, /usage: lab up/)
})

test('a command on a directory without a lab names the cause and the fix', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'lab-command-'))
  try {
    const { code, err } = await call('list', '--data-dir', dir)
    assert.equal(code, 1)
    assert.match(err, /There is no lab in .*lab\.none/)
    assert.match(err, /fix: {2}Run .*lab up/)
    await writeFile(join(dir, 'lab.json'), '{"version":1,')
    assert.match((await call('list', '--data-dir', dir)).err, /is damaged/)
  } finally {
    await rm(dir, { recursive: true })
  }
})
