import { readFileSync, statSync } from 'node:fs'
import { cpus } from 'node:os'

/** What a host has done since it booted; only differences mean something. */
export type HostCounters = {
  readonly busyMs: number
  readonly totalMs: number
  readonly receivedBytes: number
  readonly sentBytes: number
  readonly readBytes: number
  readonly writtenBytes: number
  readonly reads: number
  readonly writes: number
}

export function readHostCounters(): HostCounters {
  return {
    ...processors(),
    ...networkCounters(read('/proc/net/dev'), isUplink),
    ...diskCounters(read('/proc/diskstats')),
  }
}

/** Bytes of memory: all, and what is neither free nor to be had back from caches. */
export function readMemory(): { readonly totalBytes: number; readonly usedBytes: number } {
  const text = read('/proc/meminfo')
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024
  const totalBytes = bytes('MemTotal')
  return { totalBytes, usedBytes: Math.max(0, totalBytes - bytes('MemAvailable')) }
}

function processors(): Pick<HostCounters, 'busyMs' | 'totalMs'> {
  let [busyMs, totalMs] = [0, 0]
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq
    busyMs += busy
    totalMs += busy + times.idle
  }
  return { busyMs, totalMs }
}

/** Sums the uplinks of `/proc/net/dev`: a packet to a guest passes bridge and tap too, and is one packet. */
export function networkCounters(
  text: string,
  counts: (name: string) => boolean,
): Pick<HostCounters, 'receivedBytes' | 'sentBytes'> {
  let [receivedBytes, sentBytes] = [0, 0]
  for (const line of text.split('\n')) {
    const [name, rest] = line.split(':')
    if (rest === undefined || !counts((name as string).trim())) continue
    const fields = rest.trim().split(/\s+/).map(Number)
    receivedBytes += fields[0] ?? 0
    sentBytes += fields[8] ?? 0
  }
  return { receivedBytes, sentBytes }
}

/** A port of the machine; in a container, by its name. Ports of a bond are counted by the bond. */
function isUplink(name: string): boolean {
  const has = (part: string): boolean =>
    statSync(`/sys/class/net/${name}/${part}`, { throwIfNoEntry: false }) !== undefined
  if (name.includes('.') || has('bonding_slave')) return false
  return has('device') || /^(eth|en|bond|ib|wl)/.test(name)
}

const wholeDisk = /^(sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/
const sectorBytes = 512

/** Sums the whole disks of `/proc/diskstats`: partitions and device mapper would count the same bytes again. */
export function diskCounters(text: string): Pick<HostCounters, 'readBytes' | 'writtenBytes' | 'reads' | 'writes'> {
  const sum = { readBytes: 0, writtenBytes: 0, reads: 0, writes: 0 }
  for (const line of text.split('\n')) {
    const [, , name, reads, , readSectors, , writes, , writtenSectors] = line.trim().split(/\s+/)
    if (name === undefined || !wholeDisk.test(name)) continue
    sum.reads += Number(reads)
    sum.readBytes += Number(readSectors) * sectorBytes
    sum.writes += Number(writes)
    sum.writtenBytes += Number(writtenSectors) * sectorBytes
  }
  return sum
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
