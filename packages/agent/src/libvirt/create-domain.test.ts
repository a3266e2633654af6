import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDomain } from './create-domain.ts'

const taken =
  'internal error: process exited while connecting to monitor: qemu-system-x86_64: -vnc 0.0.0.0:0,password=on: Failed to find an available port: Address already in use'

test('a screen port that somebody else took first is chosen again; other errors are answers', async () => {
  const pauses: number[] = []
  const runtime = { sleep: async (ms: number) => void pauses.push(ms) }
  let calls = 0
  const after = (times: number, text: string) => async (): Promise<string> => {
    if (calls++ < times) throw new Error(text)
    return 'domain'
  }
  assert.equal(await createDomain(after(2, taken), runtime), 'domain')
  assert.deepEqual([calls, pauses], [3, [200, 400]])

  calls = 0
  await assert.rejects(createDomain(after(9, taken), runtime), /Address already in use/)
  assert.equal(calls, 4)

  calls = 0
  await assert.rejects(createDomain(after(1, 'unsupported configuration'), runtime), /unsupported/)
  assert.equal(calls, 1)
})
