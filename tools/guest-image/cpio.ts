/** One entry of the initramfs. `mode` holds permission bits only; directories and links get theirs from the kind. */
export type CpioEntry =
  | { readonly path: string; readonly kind: 'file'; readonly mode: number; readonly data: Uint8Array }
  | { readonly path: string; readonly kind: 'directory'; readonly mode: number }
  | { readonly path: string; readonly kind: 'link'; readonly target: string }
  | {
      readonly path: string
      readonly kind: 'device'
      readonly mode: number
      readonly major: number
      readonly minor: number
    }

const kindBits = { file: 0o100000, directory: 0o040000, link: 0o120000, device: 0o020000 } as const

/**
 * Writes a "newc" archive as the kernel unpacks it for an initramfs. Owner root and time 0 everywhere, inodes numbered
 * in order: the same entries give the same bytes, and nobody has to be root.
 */
export function writeCpio(entries: readonly CpioEntry[]): Buffer {
  const parts: Buffer[] = []
  let inode = 1
  for (const entry of entries) {
    const data =
      entry.kind === 'file'
        ? Buffer.from(entry.data)
        : entry.kind === 'link'
          ? Buffer.from(entry.target)
          : Buffer.alloc(0)
    const mode = kindBits[entry.kind] | (entry.kind === 'link' ? 0o777 : entry.mode)
    const device = entry.kind === 'device' ? ([entry.major, entry.minor] as const) : ([0, 0] as const)
    pushRecord(parts, entry.path, inode++, mode, data, device)
  }
  pushRecord(parts, 'TRAILER!!!', 0, 0, Buffer.alloc(0), [0, 0])
  return Buffer.concat(parts)
}

function pushRecord(
  parts: Buffer[],
  path: string,
  inode: number,
  mode: number,
  data: Buffer,
  device: readonly [number, number],
): void {
  const name = Buffer.from(`${path}\0`)
  const links = (mode & 0o170000) === kindBits.directory ? 2 : 1
  const fields = [inode, mode, 0, 0, links, 0, data.length, 0, 0, device[0], device[1], name.length, 0]
  const head = Buffer.from('070701' + fields.map((field) => field.toString(16).padStart(8, '0')).join(''))
  parts.push(pad4(Buffer.concat([head, name])), pad4(data))
}

function pad4(bytes: Buffer): Buffer {
  const missing = (4 - (bytes.length % 4)) % 4
  return missing === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(missing)])
}
