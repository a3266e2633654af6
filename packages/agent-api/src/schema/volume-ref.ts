import { z } from 'zod'
import { poolRef } from './pool-ref.ts'

const format = z.enum(['qcow2', 'raw'])

/** A volume whatever pool it is on; bytes as the guest sees them. */
export const volumeRef = z.object({ uuid: z.uuid(), format, sizeBytes: z.int().min(1) })
export type VolumeRef = z.infer<typeof volumeRef>

/** A volume's file on its pool. */
export const volumePlace = z.object({ volumeUuid: z.uuid(), pool: poolRef, format })
export type VolumePlace = z.infer<typeof volumePlace>

/** A disk that moves with its guest to a host that does not have its pool: `to` is the pool that the guest's spec names there. */
export const diskCopy = z.object({
  volumeUuid: z.uuid(),
  from: poolRef,
  to: poolRef,
  format,
  sizeBytes: z.int().min(1),
  /** What it takes on its pool now. */
  physicalBytes: z.int().min(0),
})
export type DiskCopy = z.infer<typeof diskCopy>

/** A file of the server's image store: a host fetches it by its uuid and checks it. */
export const imageRef = z.object({
  uuid: z.uuid(),
  format,
  sizeBytes: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  virtualSizeBytes: z.int().min(1),
})
export type ImageRef = z.infer<typeof imageRef>
