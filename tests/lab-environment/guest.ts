import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { until } from './until.ts'

/** What the tiny guest says of itself. */
export type GuestPage = {
  readonly host: string
  readonly boots: number
  /** The last tick that was printed, and the last that is on its disk. */
  readonly tick: number
  readonly diskTick: number
}

const run = promisify(execFile)

export async function answersPing(address: string): Promise<boolean> {
  return await run('ping', ['-n', '-c', '1', '-W', '1', address]).then(
    () => true,
    () => false,
  )
}

/** Waits until the guest answers ping. Booting under emulation takes ten seconds, more on a busy machine. */
export async function waitForPing(address: string, timeoutMs = 90_000): Promise<void> {
  await until(`${address} answers ping`, timeoutMs, () => answersPing(address))
}

/** The guest's state page, `host= uptime= boots= tick= disktick=`. */
export async function guestPage(address: string): Promise<GuestPage> {
  const answer = await fetch(`http://${address}/cgi-bin/i`, { signal: AbortSignal.timeout(5000) })
  const words = new Map((await answer.text()).split(/\s+/).map((word) => word.split('=') as [string, string]))
  const number = (name: string): number => Number(words.get(name))
  return {
    host: words.get('host') ?? '',
    boots: number('boots'),
    tick: number('tick'),
    diskTick: number('disktick'),
  }
}

/** Waits until the guest has printed at least this tick; answers its page. */
export async function waitForTick(address: string, tick: number, timeoutMs = 90_000): Promise<GuestPage> {
  return await until(`${address} has counted to ${tick}`, timeoutMs, async () => {
    const page = await guestPage(address)
    return page.tick >= tick ? page : undefined
  })
}
