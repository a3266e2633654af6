import { generateKeyPairSync, sign } from 'node:crypto'

/** A new P-256 key (PKCS #8 PEM) and a PKCS #10 request for it. Names and addresses are the server's to decide. */
export function makeSigningRequest(commonName: string): { readonly key: string; readonly csr: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(set(sequence(objectId(oid.commonName), der(0x0c, Buffer.from(commonName)))))
  const content = sequence(
    der(0x02, Buffer.of(0)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa0, Buffer.alloc(0)),
  )
  const signature = sign('sha256', content, privateKey)
  const request = sequence(
    content,
    sequence(objectId(oid.ecdsaWithSha256)),
    der(0x03, Buffer.concat([Buffer.of(0), signature])),
  )
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    csr: pem('CERTIFICATE REQUEST', request),
  }
}

const oid = {
  commonName: [0x55, 0x04, 0x03],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
} as const

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}
function set(part: Uint8Array): Buffer {
  return der(0x31, part)
}
function objectId(bytes: readonly number[]): Buffer {
  return der(0x06, Buffer.from(bytes))
}

/** Tag, length, value of X.690. */
function der(tag: number, value: Uint8Array): Buffer {
  const size = value.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return Buffer.concat([Buffer.of(tag, ...length), value])
}

export function pem(label: string, bytes: Buffer): string {
  const body = bytes.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
}
