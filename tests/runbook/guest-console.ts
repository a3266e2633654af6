import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabHost } from '@altostack/lab'

/** What a guest said on its serial line while it was on the host, over all its stays there. */
export function consoleText(host: LabHost, instanceName: string): string {
  const file = join(host.dir, 'root/var/log/libvirt/qemu', `${instanceName}-console.log`)
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r', '') : ''
}

/** Numbers of the ticks that it printed, in the order of the text. A line that is being written has no end yet. */
export function ticksIn(text: string): number[] {
  return [...text.matchAll(/^TICK (\d+) .*\n/gm)].map((match) => Number(match[1]))
}

/** The numbers that the guest found on its disk, one for each boot; 0 at the first. */
export function diskTicksIn(text: string): number[] {
  return [...text.matchAll(/^LAB-DISK-TICK (\d+)/gm)].map((match) => Number(match[1]))
}

/**
 * Ticks that are missing or that came twice between the first and the last one. A tick is on the disk before it is
 * printed: one that was found there at the next boot is not missing where the end came between the two.
 */
export function brokenTicks(text: string): { missing: number[]; repeated: number[] } {
  const ticks = ticksIn(text)
  const seen = new Set([...ticks, ...diskTicksIn(text)])
  const last = Math.max(...ticks)
  const missing = Array.from({ length: last }, (_, index) => index + 1).filter((tick) => !seen.has(tick))
  const repeated = ticks.filter((tick, index) => ticks.indexOf(tick) !== index)
  return { missing, repeated }
}
