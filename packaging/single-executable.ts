import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'
const resourceName = 'NODE_SEA_BLOB'
const pageSize = 0x1000
const headerSize = 56
const types = { load: 1, note: 4, phdr: 6 } as const

/** Makes one executable of Node and a CommonJS bundle. `node` must be the Node that runs on the hosts. */
export function buildExecutable(options: { node: string; bundle: string; workDir: string; output: string }): void {
  // Names relative to the working directory: the blob keeps them, and equal sources shall give equal bytes.
  const settings = {
    main: relative(options.workDir, options.bundle),
    output: 'sea.blob',
    disableExperimentalSEAWarning: true,
    useCodeCache: false,
  }
  writeFileSync(join(options.workDir, 'sea.json'), JSON.stringify(settings))
  execFileSync(options.node, ['--experimental-sea-config', 'sea.json'], { cwd: options.workDir, stdio: 'pipe' })
  const blob = readFileSync(join(options.workDir, 'sea.blob'))
  writeFileSync(options.output, injectResource(readFileSync(options.node), blob))
  chmodSync(options.output, 0o755)
}

/**
 * Adds the blob as an ELF note that is mapped at run time, where Node looks for it, and arms the fuse. The program header
 * table moves to the new last segment, since there is no room for two more entries where it was.
 */
export function injectResource(elf: Buffer, blob: Buffer): Buffer {
  if (elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2 || elf[5] !== 1)
    throw new Error('not a 64-bit little-endian ELF file')
  const armed = armFuse(elf)
  const at = Number(armed.readBigUInt64LE(32))
  const count = armed.readUInt16LE(56)
  if (armed.readUInt16LE(54) !== headerSize) throw new Error('unexpected size of program headers')
  const headers = Array.from({ length: count }, (_, n) =>
    Buffer.from(armed.subarray(at + n * headerSize, at + (n + 1) * headerSize)),
  )
  const loads = headers.filter((header) => header.readUInt32LE(0) === types.load)
  const first = loads[0]
  const last = loads.at(-1)
  if (first === undefined || last === undefined) throw new Error('no loadable segment')
  const bias = first.readBigUInt64LE(16) - first.readBigUInt64LE(8)
  const memoryEnd = last.readBigUInt64LE(16) + last.readBigUInt64LE(40)
  // Offset and address stay in step, which old kernels need to find the moved table.
  const offset = roundUp(BigInt(Math.max(armed.length, Number(memoryEnd - bias))))
  const note = noteOf(blob)
  const tableSize = (count + 2) * headerSize
  const noteOffset = offset + BigInt(roundTo(tableSize, 16))
  const size = noteOffset - offset + BigInt(note.length)
  const load = headerOf(types.load, offset, bias + offset, size, BigInt(pageSize))
  const noteHeader = headerOf(types.note, noteOffset, bias + noteOffset, BigInt(note.length), 4n)
  const moved = headers.flatMap((header) => {
    if (header.readUInt32LE(0) === types.phdr) {
      return [headerOf(types.phdr, offset, bias + offset, BigInt(tableSize), 8n)]
    }
    return header === last ? [header, load] : [header]
  })
  const table = Buffer.concat([...moved, noteHeader])
  const out = Buffer.alloc(Number(offset + size))
  armed.copy(out)
  table.copy(out, Number(offset))
  note.copy(out, Number(noteOffset))
  out.writeBigUInt64LE(offset, 32)
  out.writeUInt16LE(count + 2, 56)
  return out
}

function armFuse(elf: Buffer): Buffer {
  const at = elf.indexOf(`${fuse}:0`)
  if (at < 0 || elf.indexOf(`${fuse}:0`, at + 1) >= 0)
    throw new Error('this Node cannot hold a single executable: no fuse')
  const armed = Buffer.from(elf)
  armed.write('1', at + fuse.length + 1)
  return armed
}

function noteOf(blob: Buffer): Buffer {
  const name = Buffer.from(`${resourceName}\0`)
  const head = Buffer.alloc(12)
  head.writeUInt32LE(name.length, 0)
  head.writeUInt32LE(blob.length, 4)
  head.writeUInt32LE(0, 8)
  return Buffer.concat([head, padded(name), padded(blob)])
}

function headerOf(type: number, offset: bigint, address: bigint, size: bigint, align: bigint): Buffer {
  const header = Buffer.alloc(headerSize)
  header.writeUInt32LE(type, 0)
  header.writeUInt32LE(4, 4)
  for (const [at, value] of [
    [8, offset],
    [16, address],
    [24, address],
    [32, size],
    [40, size],
    [48, align],
  ] as const) {
    header.writeBigUInt64LE(value, at)
  }
  return header
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(roundTo(bytes.length, 4) - bytes.length)])
}

function roundTo(size: number, step: number): number {
  return Math.ceil(size / step) * step
}

function roundUp(value: bigint): bigint {
  const step = BigInt(pageSize)
  return ((value + step - 1n) / step) * step
}
