import { XdrReader, type XdrSource } from './reader.ts'
import { XdrWriter } from './writer.ts'

/**
 * How one type travels. `minBytes` is the smallest encoding, so that a decoder can refuse a count that the payload
 * cannot hold before it allocates. Types are built from types declared before them, so nesting is bounded by the schema.
 */
export interface Codec<T> {
  readonly minBytes: number
  write(to: XdrWriter, value: T): void
  read(from: XdrSource): T
}

export const int: Codec<number> = { minBytes: 4, write: (to, v) => to.int(v), read: (from) => from.int() }
export const uint: Codec<number> = { minBytes: 4, write: (to, v) => to.uint(v), read: (from) => from.uint() }
export const hyper: Codec<bigint> = { minBytes: 8, write: (to, v) => to.hyper(v), read: (from) => from.hyper() }
export const uhyper: Codec<bigint> = { minBytes: 8, write: (to, v) => to.uhyper(v), read: (from) => from.uhyper() }
export const double: Codec<number> = { minBytes: 8, write: (to, v) => to.double(v), read: (from) => from.double() }

/** An integer that travels as a whole word but must lie in `low..high`: C's char and short. */
function narrow(low: number, high: number, name: string): Codec<number> {
  return {
    minBytes: 4,
    write(to, value) {
      if (!(value >= low && value <= high)) to.fail('bad-value', `${String(value)} is no ${name}`)
      to.int(value)
    },
    read: (from) => from.within(low, high, name),
  }
}

export const char: Codec<number> = narrow(-128, 127, 'char')
export const uchar: Codec<number> = narrow(0, 255, 'unsigned char')
export const short: Codec<number> = narrow(-0x8000, 0x7fff, 'short')
export const ushort: Codec<number> = narrow(0, 0xffff, 'unsigned short')

/** XDR's bool: 0 or 1 and nothing else. */
export const bool: Codec<boolean> = {
  minBytes: 4,
  write(to, value) {
    if (typeof value !== 'boolean') to.fail('bad-value', `${String(value)} is no boolean`)
    to.uint(value ? 1 : 0)
  },
  read: (from) => from.bool(),
}

export function string(max: number): Codec<string> {
  return { minBytes: 4, write: (to, v) => to.string(v, max), read: (from) => from.string(max) }
}

export function opaque(max: number): Codec<Uint8Array> {
  return { minBytes: 4, write: (to, v) => to.opaque(v, max), read: (from) => from.opaque(max) }
}

export function fixedOpaque(count: number): Codec<Uint8Array> {
  return {
    minBytes: (count + 3) & ~3,
    write: (to, v) => to.fixedOpaque(v, count),
    read: (from) => from.fixedOpaque(count),
  }
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Sixteen bytes on the wire, the usual dashed lower-case text in the program. */
export const uuid: Codec<string> = {
  minBytes: 16,
  write(to, value) {
    if (typeof value !== 'string' || !uuidPattern.test(value)) to.fail('bad-uuid', `"${String(value)}" is no UUID`)
    to.fixedOpaque(Buffer.from(value.replaceAll('-', ''), 'hex'), 16)
  },
  read(from) {
    const hex = Buffer.from(from.fixedOpaque(16)).toString('hex')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  },
}

export function array<T>(of: Codec<T>, max: number): Codec<T[]> {
  return {
    minBytes: 4,
    write(to, values) {
      if (!Array.isArray(values)) to.fail('bad-value', 'an array is needed')
      to.length(values.length, max)
      for (const value of values) of.write(to, value)
    },
    read(from) {
      const count = from.length(max)
      if (count * of.minBytes > from.remaining) {
        from.fail('truncated', `${count} elements cannot fit in ${from.remaining} bytes`)
      }
      const values: T[] = []
      for (let i = 0; i < count; i++) values.push(of.read(from))
      return values
    },
  }
}

export function fixedArray<T>(of: Codec<T>, count: number): Codec<T[]> {
  return {
    minBytes: of.minBytes * count,
    write(to, values) {
      if (!Array.isArray(values) || values.length !== count) to.fail('bad-value', `${count} elements are needed`)
      for (const value of values) of.write(to, value)
    },
    read(from) {
      const values: T[] = []
      for (let i = 0; i < count; i++) values.push(of.read(from))
      return values
    },
  }
}

/** C's pointer: a boolean, then the value if there is one. */
export function nullable<T>(of: Codec<T>): Codec<T | null> {
  return {
    minBytes: 4,
    write(to, value) {
      if (value === undefined) to.fail('bad-value', 'undefined is no value; null says that there is none')
      bool.write(to, value !== null)
      if (value !== null) of.write(to, value)
    },
    read: (from) => (bool.read(from) ? of.read(from) : null),
  }
}

export function struct<T extends object>(fields: { readonly [K in keyof T]-?: Codec<T[K]> }): Codec<T> {
  const entries = Object.entries(fields) as [keyof T & string, Codec<unknown>][]
  return {
    minBytes: entries.reduce((sum, [, codec]) => sum + codec.minBytes, 0),
    write(to, value) {
      if (typeof value !== 'object' || value === null) to.fail('bad-value', 'an object is needed')
      for (const [name, codec] of entries) codec.write(to, value[name])
    },
    read(from) {
      const value = {} as Record<string, unknown>
      for (const [name, codec] of entries) value[name] = codec.read(from)
      return value as T
    },
  }
}

/** A discriminated union: the wire's number and the program's word for each arm. */
export function union<T extends { type: string; value: unknown }>(
  arms: { readonly [A in T as A['type']]: { readonly tag: number; readonly codec: Codec<A['value']> } },
): Codec<T> {
  const byName = new Map(Object.entries(arms as Record<string, { tag: number; codec: Codec<unknown> }>))
  const byTag = new Map([...byName].map(([type, arm]) => [arm.tag, { type, codec: arm.codec }]))
  return {
    minBytes: 4 + Math.min(...[...byName.values()].map((arm) => arm.codec.minBytes)),
    write(to, value) {
      const arm = byName.get(value?.type)
      if (!arm) return to.fail('bad-discriminant', `"${String(value?.type)}" is no arm of the union`)
      to.int(arm.tag)
      arm.codec.write(to, value.value)
    },
    read(from) {
      const arm = byTag.get(from.tag(byTag))!
      return { type: arm.type, value: arm.codec.read(from) } as T
    },
  }
}

/** Decodes exactly one value from exactly these bytes. Throws XdrError. */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const from = new XdrReader(bytes)
  const value = codec.read(from)
  from.end()
  return value
}

/** Encodes one value in at most `maxBytes`. Throws XdrError. */
export function encode<T>(codec: Codec<T>, value: T, maxBytes = 33554408): Buffer {
  const to = new XdrWriter(maxBytes)
  codec.write(to, value)
  return to.finish()
}
