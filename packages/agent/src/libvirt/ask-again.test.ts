import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askAgain, destinationAway, screenPortTaken } from './ask-again.ts'

const taken =
  'internal error: process exited while connecting to monitor: qemu-system-x86_64: -vnc 0.0.0.0:0,password=on: Failed to find an available port: Address already in use'
const restarted = "unable to connect to server at '10.0.0.12:16514': Connection refused"

function failing(times: number, text: string): { ask: () => Promise<string>; calls: () => number } {
  let calls = 0
  const ask = async (): Promise<string> => {
    if (calls++ < times) throw new Error(text)
    return 'done'
  }
  return { ask, calls: () => calls }
}

test('what passes by itself is asked again, as often as it is worth; other errors are answers', async () => {
  const pauses: number[] = []
  const runtime = { sleep: async (ms: number) => void pauses.push(ms) }
  const port = failing(2, taken)
  assert.equal(await askAgain(screenPortTaken, port.ask, runtime), 'done')
  assert.deepEqual([port.calls(), pauses], [3, [300, 300]])

  const away = failing(1, restarted)
  assert.equal(await askAgain(destinationAway, away.ask, runtime), 'done')

  const always = failing(99, taken)
  await assert.rejects(askAgain(screenPortTaken, always.ask, runtime), /Address already in use/)
  assert.equal(always.calls(), 4)

  const other = failing(1, 'unsupported configuration')
  await assert.rejects(askAgain(destinationAway, other.ask, runtime), /unsupported/)
  assert.equal(other.calls(), 1)

  const cancelled = failing(9, restarted)
  await assert.rejects(askAgain(destinationAway, cancelled.ask, runtime, AbortSignal.abort()), /refused/)
  assert.equal(cancelled.calls(), 1)

  const stop = new AbortController()
  const meanwhile = failing(9, restarted)
  const pausing = { sleep: async () => stop.abort() }
  await assert.rejects(askAgain(destinationAway, meanwhile.ask, pausing, stop.signal), /refused/)
  assert.equal(meanwhile.calls(), 1, 'nothing begins after it was called off in a pause')
})
