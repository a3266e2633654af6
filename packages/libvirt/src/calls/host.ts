import { CPUCompareResult, NodeGetCPUStatsAllCPUs } from '../generated/enums.ts'
import type { CallOptions } from '../rpc/connection.ts'
import { type ParamRecord, paramsToRecord } from '../typed-params.ts'
import type { Caller, DomainRef } from './caller.ts'

export interface NodeInfo {
  /** The processor's architecture, such as `x86_64`. */
  readonly model: string
  readonly memoryKiB: number
  readonly cpus: number
  readonly mhz: number
  readonly numaNodes: number
  readonly socketsPerNode: number
  readonly coresPerSocket: number
  readonly threadsPerCore: number
}

/** Which machine a CPU or capability question is about; null and absent take the daemon's default. */
export interface MachineQuestion {
  readonly emulator?: string | null
  readonly arch?: string | null
  readonly machine?: string | null
  /** `kvm` or `qemu`. */
  readonly virtType?: string | null
}

export interface DomainStats {
  readonly domain: DomainRef
  /** Keys as libvirt's `virConnectGetAllDomainStats` documents them: `state.state`, `cpu.time`, `balloon.current`. */
  readonly stats: ParamRecord
}

export type CpuComparison = 'incompatible' | 'identical' | 'superset'

/** libvirt's version number 9002001 as [9, 2, 1]. */
export function splitVersion(version: number): [major: number, minor: number, release: number] {
  return [Math.floor(version / 1_000_000), Math.floor(version / 1000) % 1000, version % 1000]
}

export interface HostCalls {
  /** The hypervisor's version as a number: major * 1,000,000 + minor * 1,000 + release. */
  getVersion(options?: CallOptions): Promise<number>
  getLibVersion(options?: CallOptions): Promise<number>
  getType(options?: CallOptions): Promise<string>
  getHostname(options?: CallOptions): Promise<string>
  getUri(options?: CallOptions): Promise<string>
  /** XML. */
  getCapabilities(options?: CallOptions): Promise<string>
  /** XML. */
  getDomainCapabilities(question?: MachineQuestion, options?: CallOptions): Promise<string>
  getInfo(options?: CallOptions): Promise<NodeInfo>
  /** KiB by field: total, free, buffers, cached. `cell` -1 is the whole host. */
  getMemoryStats(cell?: number, options?: CallOptions): Promise<Record<string, number>>
  /** Nanoseconds by field: kernel, user, idle, iowait. `cpu` -1 is all of them. */
  getCpuStats(cpu?: number, options?: CallOptions): Promise<Record<string, number>>
  getFreeMemoryBytes(options?: CallOptions): Promise<number>
  /** `flags`: ConnectListAllDomainsFlags; 0 is every domain. */
  listAllDomains(flags?: number, options?: CallOptions): Promise<DomainRef[]>
  /** `stats`: DomainStatsTypes, 0 is all; `domains` empty is all, of the kinds in `flags` (ConnectGetAllDomainStatsFlags). */
  getAllDomainStats(
    stats?: number,
    flags?: number,
    domains?: DomainRef[],
    options?: CallOptions,
  ): Promise<DomainStats[]>
  /** What the hypervisor on this host makes of that CPU. */
  compareHypervisorCpu(
    cpuXml: string,
    question?: MachineQuestion,
    flags?: number,
    options?: CallOptions,
  ): Promise<CpuComparison>
  /** The largest CPU that all of these offer, as XML. */
  baselineHypervisorCpu(
    cpuXmls: string[],
    question?: MachineQuestion,
    flags?: number,
    options?: CallOptions,
  ): Promise<string>
}

const comparisons = new Map<number, CpuComparison>([
  [CPUCompareResult.INCOMPATIBLE, 'incompatible'],
  [CPUCompareResult.IDENTICAL, 'identical'],
  [CPUCompareResult.SUPERSET, 'superset'],
])

function fieldsToRecord(fields: readonly { field: string; value: bigint }[]): Record<string, number> {
  return Object.fromEntries(fields.map(({ field, value }) => [field, Number(value)]))
}

/** C's char array: text up to the first NUL. */
function charsToText(chars: readonly number[]): string {
  const end = chars.indexOf(0)
  return String.fromCharCode(...(end < 0 ? chars : chars.slice(0, end)).map((char) => char & 0xff))
}

export function hostCalls(caller: Caller): HostCalls {
  return {
    async getVersion(options) {
      return Number((await caller.call('connectGetVersion', undefined, options)).hvVer)
    },
    async getLibVersion(options) {
      return Number((await caller.call('connectGetLibVersion', undefined, options)).libVer)
    },
    async getType(options) {
      return (await caller.call('connectGetType', undefined, options)).type
    },
    async getHostname(options) {
      return (await caller.call('connectGetHostname', undefined, options)).hostname
    },
    async getUri(options) {
      return (await caller.call('connectGetUri', undefined, options)).uri
    },
    async getCapabilities(options) {
      return (await caller.call('connectGetCapabilities', undefined, options)).capabilities
    },
    async getDomainCapabilities({ emulator = null, arch = null, machine = null, virtType = null } = {}, options) {
      const args = { emulatorbin: emulator, arch, machine, virttype: virtType, flags: 0 }
      return (await caller.call('connectGetDomainCapabilities', args, options)).capabilities
    },
    async getInfo(options) {
      const info = await caller.call('nodeGetInfo', undefined, options)
      return {
        model: charsToText(info.model),
        memoryKiB: Number(info.memory),
        cpus: info.cpus,
        mhz: info.mhz,
        numaNodes: info.nodes,
        socketsPerNode: info.sockets,
        coresPerSocket: info.cores,
        threadsPerCore: info.threads,
      }
    },
    async getMemoryStats(cell = -1, options) {
      const question = { cellNum: cell, flags: 0 }
      // As in C: the first call answers how many fields there are.
      const { nparams } = await caller.call('nodeGetMemoryStats', { ...question, nparams: 0 }, options)
      return fieldsToRecord((await caller.call('nodeGetMemoryStats', { ...question, nparams }, options)).params)
    },
    async getCpuStats(cpu = NodeGetCPUStatsAllCPUs.CPUS, options) {
      const question = { cpuNum: cpu, flags: 0 }
      const { nparams } = await caller.call('nodeGetCpuStats', { ...question, nparams: 0 }, options)
      return fieldsToRecord((await caller.call('nodeGetCpuStats', { ...question, nparams }, options)).params)
    },
    async getFreeMemoryBytes(options) {
      return Number((await caller.call('nodeGetFreeMemory', undefined, options)).freeMem)
    },
    async listAllDomains(flags = 0, options) {
      return (await caller.call('connectListAllDomains', { needResults: 1, flags }, options)).domains
    },
    async getAllDomainStats(stats = 0, flags = 0, domains = [], options) {
      const { retStats } = await caller.call('connectGetAllDomainStats', { doms: domains, stats, flags }, options)
      return retStats.map(({ dom, params }) => ({ domain: dom, stats: paramsToRecord(params) }))
    },
    async compareHypervisorCpu(
      cpuXml,
      { emulator = null, arch = null, machine = null, virtType = null } = {},
      flags = 0,
      options,
    ) {
      const args = { emulator, arch, machine, virttype: virtType, xmlCPU: cpuXml, flags }
      const { result } = await caller.call('connectCompareHypervisorCpu', args, options)
      return comparisons.get(result) ?? 'incompatible'
    },
    async baselineHypervisorCpu(
      cpuXmls,
      { emulator = null, arch = null, machine = null, virtType = null } = {},
      flags = 0,
      options,
    ) {
      const args = { emulator, arch, machine, virttype: virtType, xmlCPUs: cpuXmls, flags }
      return (await caller.call('connectBaselineHypervisorCpu', args, options)).cpu
    },
  }
}
