import { XdrError, type XdrErrorCode } from './xdr-error.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What a type is read from: bytes, or a test's generator of values. */
export interface XdrSource {
  readonly remaining: number
  fail(code: XdrErrorCode, message: string): never
  int(): number
  uint(): number
  hyper(): bigint
  uhyper(): bigint
  double(): number
  bool(): boolean
  /** A whole word that must lie in `low..high`. */
  within(low: number, high: number, name: string): number
  /** The word that chooses a union's arm. */
  tag(known: ReadonlyMap<number, unknown>): number
  /** A count or length word, refused above `max`. */
  length(max: number): number
  fixedOpaque(count: number): Uint8Array
  opaque(max: number): Uint8Array
  string(max: number): string
}

/** Reads XDR (RFC 4506) from one complete payload. Every read checks what is left before it allocates anything. */
export class XdrReader implements XdrSource {
  readonly #bytes: Buffer
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get offset(): number {
    return this.#offset
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  fail(code: XdrErrorCode, message: string): never {
    throw new XdrError(code, message, this.#offset)
  }

  #take(count: number): number {
    const at = this.#offset
    if (count > this.#bytes.length - at) {
      this.fail('truncated', `${count} bytes are needed, ${this.#bytes.length - at} are left`)
    }
    this.#offset = at + count
    return at
  }

  int(): number {
    return this.#bytes.readInt32BE(this.#take(4))
  }

  uint(): number {
    return this.#bytes.readUInt32BE(this.#take(4))
  }

  hyper(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8))
  }

  uhyper(): bigint {
    return this.#bytes.readBigUInt64BE(this.#take(8))
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.#take(8))
  }

  bool(): boolean {
    const word = this.uint()
    if (word > 1) this.fail('bad-boolean', `${word} is no boolean`)
    return word === 1
  }

  within(low: number, high: number, name: string): number {
    const value = this.int()
    if (value < low || value > high) this.fail('bad-value', `${value} is no ${name}`)
    return value
  }

  tag(known: ReadonlyMap<number, unknown>): number {
    const tag = this.int()
    if (!known.has(tag)) this.fail('bad-discriminant', `${tag} is no arm of the union`)
    return tag
  }

  length(max: number): number {
    const count = this.uint()
    if (count > max) this.fail('too-long', `length ${count} is above the limit ${max}`)
    return count
  }

  /** A copy of `count` bytes; the padding to a multiple of four must be zero. */
  fixedOpaque(count: number): Uint8Array {
    const at = this.#padded(count)
    return new Uint8Array(this.#bytes.subarray(at, at + count))
  }

  opaque(max: number): Uint8Array {
    return this.fixedOpaque(this.length(max))
  }

  /** UTF-8 text of at most `max` bytes. A NUL is refused: the C side would see another, shorter string. */
  string(max: number): string {
    const count = this.length(max)
    const at = this.#padded(count)
    const slice = this.#bytes.subarray(at, at + count)
    if (slice.includes(0)) this.fail('bad-string', 'a string holds a NUL byte')
    try {
      return utf8.decode(slice)
    } catch {
      return this.fail('bad-utf8', 'a string is not UTF-8')
    }
  }

  #padded(count: number): number {
    const at = this.#take(count)
    const padding = (4 - (count & 3)) & 3
    const padAt = this.#take(padding)
    for (let i = 0; i < padding; i++) {
      if (this.#bytes[padAt + i] !== 0) this.fail('bad-padding', 'padding bytes are not zero')
    }
    return at
  }

  /** Throws unless everything was read: left-over bytes mean that the two sides disagree about the type. */
  end(): void {
    if (this.remaining !== 0) this.fail('trailing-bytes', `${this.remaining} bytes are left over`)
  }
}
