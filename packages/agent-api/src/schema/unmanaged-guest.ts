import { z } from 'zod'
import { poolRef } from './pool-ref.ts'

/** A guest as its host's libvirt has it, whoever made it. Bytes as the guest sees them. */
export const unmanagedGuest = z.object({
  name: z.string(),
  uuid: z.string(),
  power: z.enum(['PowerOn', 'PowerOff', 'PowerUnknown']),
  cpus: z.int(),
  memoryBytes: z.int(),
  architecture: z.string(),
  machineType: z.string(),
  cpuXml: z.string(),
  bootMode: z.enum(['BIOS', 'UEFI']),
  /** The generation that this agent last knew it with; a new owner begins above it. */
  lastGeneration: z.int(),
  disks: z.array(
    z.object({
      /** libvirt's name, such as vda. */
      target: z.string(),
      bus: z.string(),
      path: z.string(),
      format: z.string(),
      /** Absent: the file could not be read, see `seen`. */
      sizeBytes: z.int().optional(),
      physicalBytes: z.int().optional(),
      /** Name of the image under it, as its header has it. */
      backing: z.string().optional(),
      seen: z.string().optional(),
    }),
  ),
  nics: z.array(
    z.object({
      mac: z.string(),
      model: z.string(),
      /** Bridge, or libvirt's own network. */
      bridge: z.string(),
      tap: z.string(),
    }),
  ),
})
export type UnmanagedGuest = z.infer<typeof unmanagedGuest>

/** A file of a pool under the name that its owner gave it, and the volume that it becomes. */
export const adoptedFile = z.object({
  pool: poolRef,
  name: z.string().regex(/^[^/]{1,255}$/),
  volumeUuid: z.uuid(),
})
export type AdoptedFile = z.infer<typeof adoptedFile>
