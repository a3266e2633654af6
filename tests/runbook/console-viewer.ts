import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, WebSocket } from 'ws'
import type { LabEnvironment } from '../lab-environment/index.ts'

/** Opens the console of a machine by a link of its own, as a viewer that others wrote would. */
export async function openConsole(env: LabEnvironment, vmId: string, kind: 'vnc' | 'serial'): Promise<Duplex> {
  const { websocket } = (await env.client.get('createConsoleEndpoint', { virtualmachineid: vmId, kind })) as {
    readonly websocket: { readonly path: string }
  }
  const socket = new WebSocket(`ws://127.0.0.1:${env.server.ports.http}${websocket.path}`)
  const stream = createWebSocketStream(socket)
  socket.once('close', (code, reason) => stream.destroy(new Error(`the console was closed: ${code} ${reason}`)))
  await once(socket, 'open')
  return stream
}

/** A console that says nothing for so long is broken, ms. */
const patienceMs = 30_000

async function take(stream: Duplex, count: number): Promise<Buffer> {
  for (;;) {
    const bytes = stream.read(count) as Buffer | null
    if (bytes !== null) return bytes
    await once(stream, 'readable', { signal: AbortSignal.timeout(patienceMs) })
  }
}

export type Screen = { readonly width: number; readonly height: number; readonly name: string }

/** Goes through the RFB door without a password, and asks for the whole screen once. Answers once its picture came. */
export async function readScreen(stream: Duplex): Promise<Screen> {
  await take(stream, 12)
  stream.write('RFB 003.008\n')
  await take(stream, (await take(stream, 1)).readUInt8())
  stream.write(Buffer.from([1]))
  if ((await take(stream, 4)).readUInt32BE() !== 0) throw new Error('the door is closed')
  stream.write(Buffer.from([1]))
  const init = await take(stream, 24)
  const [width, height] = [init.readUInt16BE(0), init.readUInt16BE(2)]
  const name = (await take(stream, init.readUInt32BE(20))).toString()
  const ask = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  ask.writeUInt16BE(width, 6)
  ask.writeUInt16BE(height, 8)
  stream.write(ask)
  const kind = (await take(stream, 1)).readUInt8()
  if (kind !== 0) throw new Error(`message ${kind} instead of a picture`)
  return { width, height, name }
}

/** Types a line, again and again (the first one may only wake the shell), and reads until the text comes. */
export async function typeAndRead(stream: Duplex, line: string, wanted: RegExp): Promise<string> {
  let text = ''
  const late = setTimeout(() => stream.destroy(new Error(`nothing like ${wanted} came: ${text}`)), patienceMs)
  const type = (): void => void stream.write(`${line}\n`)
  type()
  const typing = setInterval(type, 2000)
  for await (const chunk of stream) {
    text += String(chunk)
    if (!wanted.test(text)) continue
    clearTimeout(late)
    clearInterval(typing)
    return text
  }
  throw new Error(`the line ended before ${wanted}: ${text}`)
}
