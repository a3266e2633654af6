import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

const port = 5201
const receive = `require('net').createServer((s) => s.resume()).listen(${port}, () => console.log('listens'))`
/** Counts what the other end's kernel has taken, not what waits here. */
const send = `
const [address, seconds] = process.argv.slice(1)
const piece = Buffer.alloc(1 << 20)
const socket = require('net').connect(${port}, address)
socket.on('connect', () => {
  let sent = 0
  const begun = process.hrtime.bigint()
  const end = begun + BigInt(Math.round(Number(seconds) * 1e9))
  const more = () => {
    for (;;) {
      const now = process.hrtime.bigint()
      if (now >= end) {
        const left = socket.writableLength
        console.log(JSON.stringify({ bytes: sent - left, seconds: Number(now - begun) / 1e9 }))
        process.exit(0)
      }
      sent += piece.length
      if (!socket.write(piece)) return socket.once('drain', more)
    }
  }
  more()
})`

/** TCP from one network namespace to an address of another, megabits a second. */
export async function tcpRate(from: string, to: string, address: string, seconds: number): Promise<number> {
  const inside = (space: string, script: string, ...args: string[]): ChildProcess =>
    spawn('ip', ['netns', 'exec', space, process.execPath, '-e', script, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  const receiver = inside(to, receive)
  try {
    await once(receiver.stdout!, 'data')
    const sender = inside(from, send, address, String(seconds))
    let text = ''
    sender.stdout!.on('data', (chunk) => (text += String(chunk)))
    await once(sender, 'close')
    const said = JSON.parse(text) as { readonly bytes: number; readonly seconds: number }
    return (said.bytes * 8) / said.seconds / 1e6
  } finally {
    receiver.kill('SIGKILL')
    await once(receiver, 'close')
  }
}
