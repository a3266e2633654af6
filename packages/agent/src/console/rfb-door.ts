import { createCipheriv } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { ByteReader } from './byte-reader.ts'

const version = Buffer.from('RFB 003.008\n')
const none = 1
const vncAuthentication = 2

/**
 * Passes a VNC server's door (RFC 6143, 7.1): version, security with the password, result. Afterwards the server waits for
 * ClientInit. Throws with the server's own reason.
 */
export async function enterRfb(server: Duplex, reader: ByteReader, password: string): Promise<void> {
  const greeting = (await reader.take(12)).toString('latin1')
  if (!/^RFB 003\.00[378]\n$/.test(greeting)) throw new Error(`not a VNC server: ${JSON.stringify(greeting)}`)
  if (!greeting.includes('003.008')) throw new Error(`a VNC server of another protocol: ${greeting.trim()}`)
  server.write(version)
  const count = (await reader.take(1)).readUInt8()
  if (count === 0) throw new Error(await reason(reader))
  const offered = [...(await reader.take(count))]
  const wanted = password === '' ? none : vncAuthentication
  if (!offered.includes(wanted)) throw new Error(`the VNC server offers security ${offered.join(', ')}, not ${wanted}`)
  server.write(Buffer.from([wanted]))
  if (wanted === vncAuthentication) server.write(vncResponse(await reader.take(16), password))
  if ((await reader.take(4)).readUInt32BE() !== 0) throw new Error(await reason(reader))
}

/** Plays the same door for the viewer, without a password: whoever has the channel was let in by its token. */
export async function welcomeRfb(viewer: Duplex, reader: ByteReader): Promise<void> {
  viewer.write(version)
  const answer = (await reader.take(12)).toString('latin1')
  if (answer !== version.toString('latin1')) throw new Error(`the viewer speaks ${JSON.stringify(answer)}`)
  viewer.write(Buffer.from([1, none]))
  if ((await reader.take(1)).readUInt8() !== none) throw new Error('the viewer asks for another security')
  viewer.write(Buffer.alloc(4))
}

async function reason(reader: ByteReader): Promise<string> {
  const length = (await reader.take(4)).readUInt32BE()
  return (await reader.take(Math.min(length, 1000))).toString()
}

/** DES of the challenge; the key is the password with the bits of each byte turned round. Three equal keys are one DES. */
export function vncResponse(challenge: Buffer, password: string): Buffer {
  const key = Buffer.alloc(8)
  Buffer.from(password, 'latin1').copy(key, 0, 0, 8)
  for (let at = 0; at < 8; at++) key[at] = reversed(key[at] ?? 0)
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(false)
  return Buffer.concat([cipher.update(challenge), cipher.final()])
}

function reversed(byte: number): number {
  let out = 0
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) out |= 0x80 >> bit
  return out
}
