import { templateFailure } from '@altostack/core'

export type Checksum = {
  readonly algorithm: 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'
  readonly hex: string
}

const lengths: Readonly<Record<Checksum['algorithm'], number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
}

/** Reads `{SHA-256}hex`, or bare hex whose length tells the algorithm. Throws 431 for anything else. */
export function readChecksum(text: string): Checksum {
  const match = /^(?:\{([A-Za-z0-9-]+)\})?([0-9a-fA-F]+)$/.exec(text.trim())
  const hex = (match?.[2] ?? '').toLowerCase()
  const named = match?.[1]?.toLowerCase().replaceAll('-', '')
  const algorithm = (Object.keys(lengths) as Checksum['algorithm'][]).find(
    (name) => (named === undefined || named === name) && lengths[name] === hex.length,
  )
  if (algorithm === undefined) {
    throw templateFailure('template.checksum-form', 'The checksum is not of a known form', { seen: text.slice(0, 160) })
  }
  return { algorithm, hex }
}
