import type { XdrErrorCode } from '../src/index.ts'
import type { XdrSource } from '../src/xdr/reader.ts'
import { XdrError } from '../src/xdr/xdr-error.ts'

/** A small seeded generator (mulberry32): the same seed, the same numbers, everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const words = ['', 'guest', 'i-2-3-VM', 'ä', '漢字', '😀', 'x'.repeat(33), '\uFEFFmark', "quo'te\n"]
const edges = [0, 1, -1, 0x7fffffff, -0x80000000]

/** Reading a type from it gives a random value of the type: edges more often than chance would. */
export class RandomSource implements XdrSource {
  readonly remaining = Number.MAX_SAFE_INTEGER
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  fail(code: XdrErrorCode, message: string): never {
    throw new XdrError(code, message, 0)
  }

  below(count: number): number {
    return Math.floor(this.#random() * count)
  }

  int(): number {
    return this.below(2) ? edges[this.below(edges.length)]! : this.below(2 ** 32) - 2 ** 31
  }

  uint(): number {
    return this.int() >>> 0
  }

  hyper(): bigint {
    return BigInt.asIntN(64, (BigInt(this.int()) << 32n) ^ BigInt(this.uint()))
  }

  uhyper(): bigint {
    return BigInt.asUintN(64, this.hyper())
  }

  double(): number {
    return [0, -0, 1.5, Infinity, -Infinity, Number.MIN_VALUE, this.#random() * 1e9][this.below(7)]!
  }

  bool(): boolean {
    return this.below(2) === 1
  }

  within(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  tag(known: ReadonlyMap<number, unknown>): number {
    return [...known.keys()][this.below(known.size)]!
  }

  length(max: number): number {
    return Math.min(max, this.below(4))
  }

  fixedOpaque(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256))
  }

  opaque(max: number): Uint8Array {
    return this.fixedOpaque(Math.min(max, this.below(9)))
  }

  string(max: number): string {
    const text = words[this.below(words.length)]!
    return Buffer.byteLength(text) <= max ? text : ''
  }
}
