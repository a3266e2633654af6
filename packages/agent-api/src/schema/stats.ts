import { z } from 'zod'

const figure = z.number().min(0)
const percent = z.number().min(0).max(100)

/** What went through, a second: bytes of networks and disks, requests of disks. Means since the report before. */
export const statRates = z.object({
  receivedBytes: figure,
  sentBytes: figure,
  readBytes: figure,
  writtenBytes: figure,
  reads: figure,
  writes: figure,
})
export type StatRates = z.infer<typeof statRates>

export const hostStats = z.object({
  /** Of all processors together. */
  cpuPercent: percent,
  load1: figure,
  /** What is neither free nor a cache. */
  memoryUsedBytes: figure,
  memoryTotalBytes: figure,
  rates: statRates,
})
export type HostStats = z.infer<typeof hostStats>

export const volumeStats = z.object({
  uuid: z.uuid(),
  readBytes: figure,
  writtenBytes: figure,
  reads: figure,
  writes: figure,
  /** Bytes that it takes on its pool. */
  physicalBytes: figure.optional(),
})
export type VolumeStats = z.infer<typeof volumeStats>

export const guestStats = z.object({
  uuid: z.uuid(),
  /** Of its virtual processors together. Absent with `rates` and `volumes` at its first report: nothing to compare with. */
  cpuPercent: percent.optional(),
  /** What it has now, what it may have at most, and what the guest itself does not use (absent: it does not say). */
  memoryBytes: figure,
  memoryTargetBytes: figure,
  memoryFreeBytes: figure.optional(),
  rates: statRates.optional(),
  volumes: z.array(volumeStats).max(64),
})
export type GuestStats = z.infer<typeof guestStats>
