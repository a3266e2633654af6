import type { PoolAccessData, PoolRef, Result } from '@altostack/agent-api'
import type { Runtime } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import type { Owner } from './qemu-owner.ts'
import type { TemplateRecord } from './template-record.ts'

export type ImageFormat = 'qcow2' | 'raw'
export type PoolSpace = { readonly capacityBytes: number; readonly usedBytes: number; readonly availableBytes: number }

export type AttachRequest = { readonly create: boolean; readonly access: PoolAccessData }
/** `notice`: what an operator should know though it works. */
export type Attachment = { readonly notice?: string }

/** What a finished image of a pool is. `backing` is a name on the same pool. */
export type ImageShape = {
  readonly format: ImageFormat
  /** As a guest sees it. */
  readonly sizeBytes: number
  /** What it takes of the pool. */
  readonly physicalBytes: number
  readonly backing?: { readonly name: string; readonly format: ImageFormat } | undefined
}

/** What a new image needs. */
export type ImageRoom = Omit<ImageShape, 'physicalBytes'> & {
  /** Length of the image that will be written, where it is known. */
  readonly fileBytes?: number | undefined
  /** Nothing is written to it afterwards: a template's copy needs no room for that. */
  readonly readOnly?: boolean
}

/**
 * How one kind of pool keeps images. Everything above it (volumes, templates, snapshots) is the same for files and
 * block devices: reserve a place, let QEMU's tools write the image to its path, publish it under its name.
 *
 * Names are uuids. All acts can be repeated. All but `attach`, `detach` and `space` are called inside `PoolAccess.use`,
 * which has seen that the pool answers and is the right one.
 */
export type PoolDriver = {
  /** Of the disk in libvirt's terms. */
  readonly kind: 'file' | 'block'
  /** Reaches the storage (mounts it, logs in) and claims it. With `create` an unmarked place becomes this pool. */
  readonly attach: (context: HostContext, pool: PoolRef, request: AttachRequest) => Promise<Attachment>
  /** Lets go of the storage; what is on it stays. `release`: the claim is taken back, the place may become another pool. */
  readonly detach: (context: HostContext, pool: PoolRef, release: boolean) => Promise<void>
  /** Time-boxed. Rejects with `pool.unreachable` or `pool.path`. */
  readonly space: (runtime: Runtime, pool: PoolRef) => Promise<PoolSpace>
  /** Refuses what is not this pool now: `pool.marker`, `pool.path`. */
  readonly verify: (runtime: Runtime, pool: PoolRef) => Promise<void>
  readonly list: (context: HostContext, pool: PoolRef) => Promise<Result<'pool.list'>['files']>
  /** Where QEMU on this host finds the image. A backing name in an image is relative to this path's directory. */
  readonly path: (pool: PoolRef, name: string) => string
  /** The finished image; undefined when there is none. `format` is believed where the pool keeps no record of it. */
  readonly inspect: (
    context: HostContext,
    pool: PoolRef,
    name: string,
    format?: ImageFormat,
  ) => Promise<ImageShape | undefined>
  /**
   * Room for a new image: the path to write it to, unfinished and known to nobody. What an earlier attempt of this host
   * left is removed unless `resume`.
   */
  readonly reserve: (
    context: HostContext,
    pool: PoolRef,
    name: string,
    room: ImageRoom,
    options?: { readonly resume?: boolean },
  ) => Promise<string>
  /** Bytes that an unfinished image of this host has already, for resuming; 0 where that cannot be known. */
  readonly written: (context: HostContext, pool: PoolRef, name: string) => Promise<number>
  /** What this host has written and not published: its path, to be read, and how long it is. */
  readonly unfinished: (
    context: HostContext,
    pool: PoolRef,
    name: string,
  ) => Promise<{ readonly path: string; readonly bytes: number } | undefined>
  /** Removes what this host left unfinished of an image. */
  readonly abandon: (context: HostContext, pool: PoolRef, name: string) => Promise<void>
  /** Gives a reserved, fully written image its name, durably. With `owner` a volume that QEMU writes. */
  readonly publish: (context: HostContext, pool: PoolRef, name: string, owner: Owner) => Promise<void>
  /** The same for a template's copy, which guests only read; answers whether this call placed it. */
  readonly publishTemplate: (
    context: HostContext,
    pool: PoolRef,
    name: string,
    record: TemplateRecord,
  ) => Promise<boolean>
  /** What was published as a template's copy under this name. */
  readonly template: (context: HostContext, pool: PoolRef, name: string) => Promise<TemplateRecord | undefined>
  /** Names of images that have this one as their backing. */
  readonly dependents: (context: HostContext, pool: PoolRef, name: string) => Promise<string[]>
  /** Makes room for an image that becomes `sizeBytes`; before the image itself is resized. */
  readonly grow: (context: HostContext, pool: PoolRef, name: string, sizeBytes: number) => Promise<void>
  /** Removes an image and what this host left unfinished of it. Absent is success. */
  readonly remove: (context: HostContext, pool: PoolRef, name: string) => Promise<void>
  /** This host may open the image, and what it is based on, from now on. For files nothing. */
  readonly activate: (context: HostContext, pool: PoolRef, name: string) => Promise<void>
  /** Takes that back. Refused while something on this host has it open. */
  readonly deactivate: (context: HostContext, pool: PoolRef, name: string) => Promise<void>
}
