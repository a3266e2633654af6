import { parentPort } from 'node:worker_threads'
import type { Message, Reply } from './worker-pool.ts'

/** The other end of a pool's worker: each message is an input, played and answered one after the other. */
export function answerInputs<Input, Output>(play: (input: Input) => Promise<Output>, end: () => void): void {
  parentPort?.on('message', async (message: Message<Input>) => {
    if ('end' in message) {
      end()
      parentPort?.close()
      return
    }
    const reply: Reply<Output> = await play(message.input).then(
      (output) => ({ output }),
      (error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
    parentPort?.postMessage(reply)
  })
}
