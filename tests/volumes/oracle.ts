import { execFileSync } from 'node:child_process'

export const MIB = 1 << 20
/** Places that are written: the first MiBs and one far behind them. */
export const places: readonly number[] = [0, 1, 2, 3, 700].map((at) => at * MIB)

/** What was written: a byte that fills the MiB at each place; 0 where nothing was. */
export type Content = ReadonlyMap<number, number>

export const blank: Content = new Map(places.map((place) => [place, 0]))

export function written(content: Content, place: number, byte: number): Content {
  return new Map([...content, [place, byte]])
}

/** Reads every place of an image by qemu-io and compares it with what was written; answers what differs. */
export function differences(path: string, content: Content): string[] {
  const differing: string[] = []
  for (const [place, byte] of content)
    if (!holds(path, place, byte)) differing.push(`${place / MIB} MiB is not 0x${byte.toString(16)}`)
  return differing
}

function holds(path: string, place: number, byte: number): boolean {
  try {
    // A running guest's disk was flushed before; nobody else writes to it.
    execFileSync('qemu-io', ['-r', '-U', '-f', 'qcow2', '-c', `read -P ${byte} ${place} ${MIB}`, path], {
      stdio: 'pipe',
    })
    return true
  } catch {
    return false
  }
}
