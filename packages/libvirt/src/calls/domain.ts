import { DomainJobType, DomainModificationImpact } from '../generated/enums.ts'
import type { CallOptions } from '../rpc/connection.ts'
import { type ParamRecord, paramsToRecord } from '../typed-params.ts'
import type { Caller, DomainRef } from './caller.ts'
import { type Migration, migrationFlags, migrationParams } from './migration.ts'

export interface StateAndReason {
  /** DomainState: 1 running, 3 paused, 5 shut off, ... */
  readonly state: number
  /** The meaning depends on the state: DomainRunningReason, DomainPausedReason, DomainShutoffReason, ... */
  readonly reason: number
}

export interface DomainInfo {
  readonly state: number
  readonly maxMemoryKiB: number
  readonly memoryKiB: number
  readonly vcpus: number
  readonly cpuTimeNs: number
}

export interface BlockStats {
  readonly readRequests: number
  readonly readBytes: number
  readonly writeRequests: number
  readonly writeBytes: number
  /** -1 where the hypervisor does not count them, as QEMU. */
  readonly errors: number
}

export interface InterfaceStats {
  readonly rxBytes: number
  readonly rxPackets: number
  readonly rxErrs: number
  readonly rxDrop: number
  readonly txBytes: number
  readonly txPackets: number
  readonly txErrs: number
  readonly txDrop: number
}

export interface BlockInfo {
  readonly capacityBytes: number
  readonly allocationBytes: number
  readonly physicalBytes: number
}

export type JobTypeName = Lowercase<keyof typeof DomainJobType>

export interface JobStats {
  readonly type: JobTypeName | 'unknown'
  /** Keys are the VIR_DOMAIN_JOB_* names: `time_elapsed` (ms), `memory_remaining` (bytes), `downtime` (ms), `errmsg`. */
  readonly stats: ParamRecord
}

/** Every call may also throw what LibvirtClient.call throws. Flags are the enums of the same name; 0 by default. */
export interface DomainCalls {
  lookupByUuid(uuid: string, options?: CallOptions): Promise<DomainRef>
  lookupByName(name: string, options?: CallOptions): Promise<DomainRef>
  lookupById(id: number, options?: CallOptions): Promise<DomainRef>
  /** Starts a transient domain. `flags`: DomainCreateFlags. */
  createXml(xml: string, flags?: number, options?: CallOptions): Promise<DomainRef>
  /** Makes or changes a persistent definition. `flags`: DomainDefineFlags. */
  defineXml(xml: string, flags?: number, options?: CallOptions): Promise<DomainRef>
  /** Starts a defined domain. */
  create(domain: DomainRef, flags?: number, options?: CallOptions): Promise<DomainRef>
  undefine(domain: DomainRef, flags?: number, options?: CallOptions): Promise<void>
  destroy(domain: DomainRef, flags?: number, options?: CallOptions): Promise<void>
  /** Asks the guest; it may refuse. `flags`: DomainShutdownFlagValues. */
  shutdown(domain: DomainRef, flags?: number, options?: CallOptions): Promise<void>
  reboot(domain: DomainRef, flags?: number, options?: CallOptions): Promise<void>
  reset(domain: DomainRef, options?: CallOptions): Promise<void>
  suspend(domain: DomainRef, options?: CallOptions): Promise<void>
  resume(domain: DomainRef, options?: CallOptions): Promise<void>
  /** `flags`: DomainXMLFlags. */
  getXmlDesc(domain: DomainRef, flags?: number, options?: CallOptions): Promise<string>
  getState(domain: DomainRef, options?: CallOptions): Promise<StateAndReason>
  getInfo(domain: DomainRef, options?: CallOptions): Promise<DomainInfo>
  /** Takes as long as it takes: no timeout unless one is given. Use a connection of its own; `getJobStats` on another. */
  migrate(domain: DomainRef, migration: Migration, options?: CallOptions): Promise<void>
  /** `flags`: DomainGetJobStatsFlags. */
  getJobStats(domain: DomainRef, flags?: number, options?: CallOptions): Promise<JobStats>
  abortJob(domain: DomainRef, options?: CallOptions): Promise<void>
  setMigrateMaxDowntime(domain: DomainRef, downtimeMs: number, options?: CallOptions): Promise<void>
  getMigrateMaxDowntime(domain: DomainRef, options?: CallOptions): Promise<number>
  setMigrateMaxSpeed(domain: DomainRef, mibps: number, options?: CallOptions): Promise<void>
  getMigrateMaxSpeed(domain: DomainRef, options?: CallOptions): Promise<number>
  migrateStartPostCopy(domain: DomainRef, options?: CallOptions): Promise<void>
  /** `disk`: target such as `vda`, or the path. */
  blockStats(domain: DomainRef, disk: string, options?: CallOptions): Promise<BlockStats>
  /** `device`: the tap's name or the MAC. */
  interfaceStats(domain: DomainRef, device: string, options?: CallOptions): Promise<InterfaceStats>
  getBlockInfo(domain: DomainRef, disk: string, options?: CallOptions): Promise<BlockInfo>
  /** By DomainMemoryStatTags number; KiB or counts. */
  memoryStats(domain: DomainRef, options?: CallOptions): Promise<Map<number, number>>
  /** `type`: DomainMetadataType; null `metadata` removes it. `key` and `uri` name an own XML element. */
  setMetadata(domain: DomainRef, metadata: Metadata, flags?: number, options?: CallOptions): Promise<void>
  getMetadata(
    domain: DomainRef,
    type: number,
    uri?: string | null,
    flags?: number,
    options?: CallOptions,
  ): Promise<string>
  /** `codeset`: KeycodeSet. */
  sendKey(domain: DomainRef, codeset: number, keycodes: number[], holdMs?: number, options?: CallOptions): Promise<void>
  /** The picture of a screen, as QEMU makes it. */
  screenshot(domain: DomainRef, screen?: number, options?: CallOptions): Promise<{ mime: string; image: Buffer }>
  attachDevice(domain: DomainRef, xml: string, flags?: number, options?: CallOptions): Promise<void>
  detachDevice(domain: DomainRef, xml: string, flags?: number, options?: CallOptions): Promise<void>
  updateDevice(domain: DomainRef, xml: string, flags?: number, options?: CallOptions): Promise<void>
}

export interface Metadata {
  readonly type: number
  readonly metadata: string | null
  readonly key?: string | null
  readonly uri?: string | null
}

const jobTypes = new Map<number, JobTypeName>(
  Object.entries(DomainJobType).map(([name, value]) => [value, name.toLowerCase() as JobTypeName]),
)

function numbers<K extends string>(record: { readonly [P in K]: bigint }): { [P in K]: number } {
  const entries = Object.entries<bigint>(record).map(([name, value]) => [name, Number(value)])
  return Object.fromEntries(entries) as { [P in K]: number }
}

export function domainCalls(caller: Caller): DomainCalls {
  return {
    async lookupByUuid(uuid, options) {
      return (await caller.call('domainLookupByUuid', { uuid }, options)).dom
    },
    async lookupByName(name, options) {
      return (await caller.call('domainLookupByName', { name }, options)).dom
    },
    async lookupById(id, options) {
      return (await caller.call('domainLookupById', { id }, options)).dom
    },
    async createXml(xml, flags = 0, options) {
      return (await caller.call('domainCreateXml', { xmlDesc: xml, flags }, options)).dom
    },
    async defineXml(xml, flags = 0, options) {
      return (await caller.call('domainDefineXmlFlags', { xml, flags }, options)).dom
    },
    async create(dom, flags = 0, options) {
      return (await caller.call('domainCreateWithFlags', { dom, flags }, options)).dom
    },
    undefine: (dom, flags = 0, options) => caller.call('domainUndefineFlags', { dom, flags }, options),
    destroy: (dom, flags = 0, options) => caller.call('domainDestroyFlags', { dom, flags }, options),
    shutdown: (dom, flags = 0, options) => caller.call('domainShutdownFlags', { dom, flags }, options),
    reboot: (dom, flags = 0, options) => caller.call('domainReboot', { dom, flags }, options),
    reset: (dom, options) => caller.call('domainReset', { dom, flags: 0 }, options),
    suspend: (dom, options) => caller.call('domainSuspend', { dom }, options),
    resume: (dom, options) => caller.call('domainResume', { dom }, options),
    async getXmlDesc(dom, flags = 0, options) {
      return (await caller.call('domainGetXmlDesc', { dom, flags }, options)).xml
    },
    getState: (dom, options) => caller.call('domainGetState', { dom, flags: 0 }, options),
    async getInfo(dom, options) {
      const info = await caller.call('domainGetInfo', { dom }, options)
      return {
        state: info.state,
        maxMemoryKiB: Number(info.maxMem),
        memoryKiB: Number(info.memory),
        vcpus: info.nrVirtCpu,
        cpuTimeNs: Number(info.cpuTime),
      }
    },
    async migrate(dom, migration, options) {
      const params = migrationParams(migration)
      const flags = migrationFlags(migration)
      const args = { dom, dconnuri: migration.destUri, params, cookieIn: new Uint8Array(0), flags }
      await caller.call('domainMigratePerform3Params', args, { timeoutMs: 0, ...options })
    },
    async getJobStats(dom, flags = 0, options) {
      const { type, params } = await caller.call('domainGetJobStats', { dom, flags }, options)
      return { type: jobTypes.get(type) ?? 'unknown', stats: paramsToRecord(params) }
    },
    // The protocol ranks it low, but behind the very job that it ends it would never start.
    abortJob: (dom, options) => caller.call('domainAbortJob', { dom }, { urgent: true, ...options }),
    setMigrateMaxDowntime(dom, downtimeMs, options) {
      return caller.call('domainMigrateSetMaxDowntime', { dom, downtime: BigInt(downtimeMs), flags: 0 }, options)
    },
    async getMigrateMaxDowntime(dom, options) {
      return Number((await caller.call('domainMigrateGetMaxDowntime', { dom, flags: 0 }, options)).downtime)
    },
    setMigrateMaxSpeed(dom, mibps, options) {
      return caller.call('domainMigrateSetMaxSpeed', { dom, bandwidth: BigInt(mibps), flags: 0 }, options)
    },
    async getMigrateMaxSpeed(dom, options) {
      return Number((await caller.call('domainMigrateGetMaxSpeed', { dom, flags: 0 }, options)).bandwidth)
    },
    migrateStartPostCopy: (dom, options) => caller.call('domainMigrateStartPostCopy', { dom, flags: 0 }, options),
    async blockStats(dom, disk, options) {
      const stats = numbers(await caller.call('domainBlockStats', { dom, path: disk }, options))
      return {
        readRequests: stats.rdReq,
        readBytes: stats.rdBytes,
        writeRequests: stats.wrReq,
        writeBytes: stats.wrBytes,
        errors: stats.errs,
      }
    },
    async interfaceStats(dom, device, options) {
      return numbers(await caller.call('domainInterfaceStats', { dom, device }, options))
    },
    async getBlockInfo(dom, disk, options) {
      const info = numbers(await caller.call('domainGetBlockInfo', { dom, path: disk, flags: 0 }, options))
      return { capacityBytes: info.capacity, allocationBytes: info.allocation, physicalBytes: info.physical }
    },
    async memoryStats(dom, options) {
      const { stats } = await caller.call('domainMemoryStats', { dom, maxStats: 64, flags: 0 }, options)
      return new Map(stats.map(({ tag, val }) => [tag, Number(val)]))
    },
    setMetadata(dom, { type, metadata, key = null, uri = null }, flags = DomainModificationImpact.CURRENT, options) {
      return caller.call('domainSetMetadata', { dom, type, metadata, key, uri, flags }, options)
    },
    async getMetadata(dom, type, uri = null, flags = DomainModificationImpact.CURRENT, options) {
      return (await caller.call('domainGetMetadata', { dom, type, uri, flags }, options)).metadata
    },
    sendKey(dom, codeset, keycodes, holdMs = 0, options) {
      return caller.call('domainSendKey', { dom, codeset, holdtime: holdMs, keycodes, flags: 0 }, options)
    },
    async screenshot(dom, screen = 0, options) {
      const { ret, stream } = await caller.callStream('domainScreenshot', { dom, screen, flags: 0 }, options)
      return { mime: ret.mime ?? 'application/octet-stream', image: await stream.readAll() }
    },
    attachDevice: (dom, xml, flags = 0, options) =>
      caller.call('domainAttachDeviceFlags', { dom, xml, flags }, options),
    detachDevice: (dom, xml, flags = 0, options) =>
      caller.call('domainDetachDeviceFlags', { dom, xml, flags }, options),
    updateDevice: (dom, xml, flags = 0, options) =>
      caller.call('domainUpdateDeviceFlags', { dom, xml, flags }, options),
  }
}
