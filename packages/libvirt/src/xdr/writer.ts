import { XdrError } from './xdr-error.ts'

/** Writes XDR into a buffer that grows, up to `maxBytes`. */
export class XdrWriter {
  #bytes: Buffer
  #offset = 0
  readonly #maxBytes: number

  constructor(maxBytes: number, initialBytes = 256) {
    this.#maxBytes = maxBytes
    this.#bytes = Buffer.allocUnsafe(Math.min(initialBytes, maxBytes))
  }

  get offset(): number {
    return this.#offset
  }

  fail(code: XdrError['code'], message: string): never {
    throw new XdrError(code, message, this.#offset)
  }

  #room(count: number): number {
    const at = this.#offset
    const end = at + count
    if (end > this.#bytes.length) {
      if (end > this.#maxBytes) this.fail('message-too-large', `the message is above ${this.#maxBytes} bytes`)
      const larger = Buffer.allocUnsafe(Math.min(this.#maxBytes, Math.max(end, this.#bytes.length * 2)))
      this.#bytes.copy(larger, 0, 0, at)
      this.#bytes = larger
    }
    this.#offset = end
    return at
  }

  int(value: number): void {
    if (!Number.isInteger(value) || value < -0x80000000 || value > 0x7fffffff) {
      this.fail('bad-value', `${String(value)} is no 32-bit signed integer`)
    }
    const at = this.#room(4)
    this.#bytes.writeInt32BE(value, at)
  }

  uint(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
      this.fail('bad-value', `${String(value)} is no 32-bit unsigned integer`)
    }
    const at = this.#room(4)
    this.#bytes.writeUInt32BE(value, at)
  }

  hyper(value: bigint): void {
    if (typeof value !== 'bigint' || value < -0x8000000000000000n || value > 0x7fffffffffffffffn) {
      this.fail('bad-value', `${String(value)} is no 64-bit signed bigint`)
    }
    const at = this.#room(8)
    this.#bytes.writeBigInt64BE(value, at)
  }

  uhyper(value: bigint): void {
    if (typeof value !== 'bigint' || value < 0n || value > 0xffffffffffffffffn) {
      this.fail('bad-value', `${String(value)} is no 64-bit unsigned bigint`)
    }
    const at = this.#room(8)
    this.#bytes.writeBigUInt64BE(value, at)
  }

  double(value: number): void {
    if (typeof value !== 'number') this.fail('bad-value', `${String(value)} is no number`)
    const at = this.#room(8)
    this.#bytes.writeDoubleBE(value, at)
  }

  length(count: number, max: number): void {
    if (count > max) this.fail('too-long', `length ${count} is above the limit ${max}`)
    this.uint(count)
  }

  fixedOpaque(value: Uint8Array, count: number): void {
    if (!(value instanceof Uint8Array) || value.length !== count) {
      this.fail('bad-value', `exactly ${count} bytes are needed`)
    }
    const at = this.#room((count + 3) & ~3)
    this.#bytes.set(value, at)
    this.#bytes.fill(0, at + count, this.#offset)
  }

  opaque(value: Uint8Array, max: number): void {
    if (!(value instanceof Uint8Array)) this.fail('bad-value', 'bytes are needed')
    this.length(value.length, max)
    this.fixedOpaque(value, value.length)
  }

  string(value: string, max: number): void {
    if (typeof value !== 'string') this.fail('bad-value', `${String(value)} is no string`)
    if (value.includes('\0')) this.fail('bad-string', 'a string holds a NUL character')
    if (!value.isWellFormed()) this.fail('bad-string', 'a string holds half a surrogate pair')
    const count = Buffer.byteLength(value, 'utf8')
    this.length(count, max)
    const at = this.#room((count + 3) & ~3)
    this.#bytes.write(value, at, 'utf8')
    this.#bytes.fill(0, at + count, this.#offset)
  }

  raw(value: Uint8Array): void {
    const at = this.#room(value.length)
    this.#bytes.set(value, at)
  }

  /** Overwrites the word at `at`: the frame length is known only at the end. */
  patchUint(at: number, value: number): void {
    this.#bytes.writeUInt32BE(value, at)
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#offset)
  }
}
