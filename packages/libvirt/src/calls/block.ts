import { VIR_DOMAIN_BLOCK_COPY_BANDWIDTH } from '../generated/names.ts'
import type { TypedParam } from '../generated/types.ts'
import type { CallOptions } from '../rpc/connection.ts'
import { param } from '../typed-params.ts'
import type { Caller, DomainRef } from './caller.ts'

export interface BlockJob {
  /** DomainBlockJobType. */
  readonly type: number
  /** Bytes done and in all; a mirror is ready when both are the same. */
  readonly cur: number
  readonly end: number
}

/** Disks of running guests. `disk`: target such as `vda`, or the path. Flags are the enums of the same name. */
export interface BlockCalls {
  /** Bytes. Growing is seen by the guest at once. */
  resize(domain: DomainRef, disk: string, bytes: number, options?: CallOptions): Promise<void>
  /** Limits by name (`read_bytes_sec`, `write_iops_sec_max`…); 0 lifts one. `flags`: DomainModificationImpact. */
  setIoTune(
    domain: DomainRef,
    disk: string,
    limits: Readonly<Record<string, number>>,
    flags?: number,
    options?: CallOptions,
  ): Promise<void>
  /** Begins to mirror a disk to the one that `destXml` describes. `flags`: DomainBlockCopyFlags. */
  copy(
    domain: DomainRef,
    disk: string,
    destXml: string,
    flags?: number,
    limits?: { readonly bytesPerSecond?: number },
    options?: CallOptions,
  ): Promise<void>
  /** The job on a disk; undefined when there is none. */
  job(domain: DomainRef, disk: string, options?: CallOptions): Promise<BlockJob | undefined>
  /** Ends the job on a disk; with PIVOT the guest goes on with the copy. `flags`: DomainBlockJobAbortFlags. */
  abortJob(domain: DomainRef, disk: string, flags?: number, options?: CallOptions): Promise<void>
  /** Begins a backup of the moment, of all disks that the XML names. `flags`: DomainBackupBeginFlags. */
  backupBegin(domain: DomainRef, backupXml: string, flags?: number, options?: CallOptions): Promise<void>
  /** XML of the backup under way. */
  backupXml(domain: DomainRef, options?: CallOptions): Promise<string>
  /** One QMP command to the guest's QEMU; the JSON of its answer, errors included. The guest is marked as tainted. */
  monitor(domain: DomainRef, command: object, options?: CallOptions): Promise<unknown>
}

export function blockCalls(caller: Caller): BlockCalls {
  return {
    resize: (dom, disk, bytes, options) =>
      // The flag says bytes: the call counts in KiB without it.
      caller.call('domainBlockResize', { dom, disk, size: BigInt(bytes), flags: 1 }, options),
    setIoTune(dom, disk, limits, flags = 0, options) {
      const params = Object.entries(limits).map(([name, value]): TypedParam => param(name, 'ullong', BigInt(value)))
      return caller.call('domainSetBlockIoTune', { dom, disk, params, flags }, options)
    },
    copy(dom, disk, destXml, flags = 0, { bytesPerSecond } = {}, options) {
      const params =
        bytesPerSecond === undefined ? [] : [param(VIR_DOMAIN_BLOCK_COPY_BANDWIDTH, 'ullong', BigInt(bytesPerSecond))]
      return caller.call('domainBlockCopy', { dom, path: disk, destxml: destXml, params, flags }, options)
    },
    async job(dom, disk, options) {
      const { found, type, cur, end } = await caller.call(
        'domainGetBlockJobInfo',
        { dom, path: disk, flags: 0 },
        options,
      )
      return found === 0 ? undefined : { type, cur: Number(cur), end: Number(end) }
    },
    abortJob: (dom, disk, flags = 0, options) =>
      caller.call('domainBlockJobAbort', { dom, path: disk, flags }, options),
    backupBegin: (dom, backupXml, flags = 0, options) =>
      caller.call('domainBackupBegin', { dom, backupXml, checkpointXml: null, flags }, options),
    async backupXml(dom, options) {
      return (await caller.call('domainBackupGetXmlDesc', { dom, flags: 0 }, options)).xml
    },
    async monitor(dom, command, options) {
      const cmd = JSON.stringify(command)
      return JSON.parse((await caller.call('qemuDomainMonitorCommand', { dom, cmd, flags: 0 }, options)).result)
    },
  }
}
