import { z } from 'zod'

/** A name that a file of a pool may have to become a volume: one name in its directory, and none of ours. */
export const looseFileName = z.string().regex(/^[^/.\p{Cc}][^/\p{Cc}]{0,254}$/u)

/** A file that lies on a pool and is no volume, as its header has it. Bytes. */
export const looseFile = z.object({
  name: z.string(),
  sizeBytes: z.int(),
  /** Absent: it cannot become a volume, see `seen`. */
  format: z.enum(['qcow2', 'raw']).optional(),
  /** As a guest would see it. */
  virtualSizeBytes: z.int().optional(),
  seen: z.string().optional(),
})
export type LooseFile = z.infer<typeof looseFile>
