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

/** Reads an image by qemu-io and compares it with what was written; answers the places that differ. */
export function differences(path: string, content: Content): string[] {
  const all = [...content]
  // One program where everything is as it should be, which is nearly always.
  if (holds(path, all)) return []
  return all.filter((one) => !holds(path, [one])).map(([place, byte]) => `${place / MIB} MiB is not 0x${hex(byte)}`)
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0')

function holds(path: string, content: readonly (readonly [number, number])[]): boolean {
  const reads = content.flatMap(([place, byte]) => ['-c', `read -P ${byte} ${place} ${MIB}`])
  try {
    // A running guest's disk was flushed before; nobody else writes to it.
    execFileSync('qemu-io', ['-r', '-U', '-f', 'qcow2', ...reads, path], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

/** What `qemu-img check` says of an image that nobody has open; undefined when it is sound. Leaks do no harm. */
export function damage(path: string): string | undefined {
  try {
    execFileSync('qemu-img', ['check', '-q', '-f', 'qcow2', path], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: Buffer; stderr: Buffer }
    return status === 3 ? undefined : `${status}: ${stdout}${stderr}`
  }
}
