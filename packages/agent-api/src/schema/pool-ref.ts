import { z } from 'zod'

const address = z.string().min(1).max(255)

/** Where a pool's storage is, beyond the path: what a host mounts or logs in to. */
export const poolSource = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('nfs'),
    server: address,
    port: z.int().min(1).max(65535),
    export: z.string().startsWith('/').max(255),
  }),
  /** A LUN, by one or more portals: more than one are paths to the same disk. */
  z.object({
    kind: z.literal('iscsi'),
    portals: z
      .array(z.object({ address, port: z.int().min(1).max(65535) }))
      .min(1)
      .max(8),
    target: z.string().min(1).max(223),
    lun: z.int().min(0).max(16383),
  }),
  /** A disk that every host of the pool sees by itself, by its world wide identifier: Fibre Channel. */
  z.object({ kind: z.literal('wwid'), wwid: z.string().regex(/^[0-9A-Za-z._:-]{4,128}$/) }),
])
export type PoolSource = z.infer<typeof poolSource>

export const poolRef = z.object({
  uuid: z.uuid(),
  type: z.enum(['SharedMountPoint', 'Filesystem', 'NetworkFilesystem', 'CLVM', 'IscsiLUN', 'FiberChannel']),
  /** Directory on the host: of image files, or of the device nodes of a volume group (`/dev/NAME`). */
  path: z.string().startsWith('/').max(255),
  /** For the types that a host reaches by itself. */
  source: poolSource.optional(),
})
export type PoolRef = z.infer<typeof poolRef>

/** What only attaching needs. */
export const poolAccess = z.object({
  /** Options of mount, as an operator writes them. */
  mountOptions: z.string().max(1024).optional(),
  /** CHAP of the target; `mutual` is what the target must prove. */
  chap: z
    .object({
      user: z.string().min(1).max(256),
      password: z.string().min(1).max(256),
      mutualUser: z.string().max(256).optional(),
      mutualPassword: z.string().max(256).optional(),
    })
    .optional(),
})
export type PoolAccessData = z.infer<typeof poolAccess>
