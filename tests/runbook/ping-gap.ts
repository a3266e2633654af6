import { spawn } from 'node:child_process'

export type PingWatch = {
  /** Ends the watch, also twice; the longest time without an answer, ms, at the grain of one ping each 20 ms. */
  readonly stop: () => Promise<number>
}

/** Pings the address all the time: the downtime of a migration as the network sees it. */
export function watchPing(address: string): PingWatch {
  const ping = spawn('ping', ['-n', '-D', '-i', '0.02', address], { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  ping.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const ended = new Promise<void>((resolve) => ping.on('close', () => resolve()))
  return {
    async stop() {
      ping.kill('SIGINT')
      await ended
      const answers = [...text.matchAll(/^\[(\d+\.\d+)\] .*bytes from/gm)].map((match) => Number(match[1]) * 1000)
      return answers.reduce((longest, at, index) => Math.max(longest, at - (answers[index - 1] ?? at)), 0)
    },
  }
}
