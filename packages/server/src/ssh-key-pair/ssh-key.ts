import { constants, createHash, createPublicKey, generateKeyPair, type KeyObject, publicEncrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { apiFailure } from '@altostack/core'

export type PublicKey = { readonly text: string; readonly fingerprint: string }

const types =
  /^(ssh-rsa|ssh-dss|ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/

/** Reads a public key as OpenSSH writes it, on one line. Throws 431. The fingerprint is MD5 with colons, as CloudStack's. */
export function readPublicKey(given: string): PublicKey {
  const text = given.trim()
  const [type = '', body = '', ...comment] = text.split(/\s+/)
  const blob = Buffer.from(body, 'base64')
  const whole = types.test(type) && /^[A-Za-z0-9+/]+={0,2}$/.test(body) && firstWord(blob) === type
  if (!whole || text.includes('\n')) {
    throw apiFailure('api.parameter', 'publickey is not a public key as OpenSSH writes it', {
      seen: text.slice(0, 40),
      fix: 'Send the line of a .pub file: ssh-ed25519 AAAA… comment.',
    })
  }
  const line = [type, body, comment.join(' ')].filter((part) => part !== '').join(' ')
  return { text: line, fingerprint: fingerprintOf(blob) }
}

function fingerprintOf(blob: Buffer): string {
  const hex = createHash('md5').update(blob).digest('hex')
  return (hex.match(/../g) ?? []).join(':')
}

/** The key's own name of its type, which stands first in it. */
function firstWord(blob: Buffer): string {
  if (blob.length < 4) return ''
  const length = blob.readUInt32BE(0)
  return length > 64 || blob.length < 4 + length ? '' : blob.subarray(4, 4 + length).toString('latin1')
}

/** A new RSA pair: the public line and the private key in PEM form. */
export async function makeKeyPair(): Promise<PublicKey & { readonly privateKey: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const blob = rsaBlob(publicKey)
  return {
    text: `ssh-rsa ${blob.toString('base64')}`,
    fingerprint: fingerprintOf(blob),
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  }
}

function rsaBlob(key: KeyObject): Buffer {
  const { n = '', e = '' } = key.export({ format: 'jwk' })
  const word = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  const number = (text: string): Buffer => {
    const bytes = Buffer.from(text, 'base64url')
    return word((bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes)
  }
  return Buffer.concat([word(Buffer.from('ssh-rsa')), number(e), number(n)])
}

/** The text for the private half of an RSA key alone, Base64; undefined for keys that cannot encrypt. */
export function encryptFor(publicLine: string, clear: string): string | undefined {
  const [type, body = ''] = publicLine.split(' ')
  if (type !== 'ssh-rsa') return undefined
  const blob = Buffer.from(body, 'base64')
  const parts: Buffer[] = []
  for (let at = 0; at + 4 <= blob.length && parts.length < 3; ) {
    const length = blob.readUInt32BE(at)
    parts.push(blob.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  const [, e, n] = parts
  if (e === undefined || n === undefined) return undefined
  const strip = (bytes: Buffer): string => (bytes[0] === 0 ? bytes.subarray(1) : bytes).toString('base64url')
  const key = createPublicKey({ key: { kty: 'RSA', e: strip(e), n: strip(n) }, format: 'jwk' })
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(clear)).toString('base64')
}
