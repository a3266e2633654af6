import { createHash } from 'node:crypto'
import { AltoError, errorText } from '@altostack/core'
import type { ArrivedHost, HostListener } from '../agents/host-listener.ts'
import { clusterDetails, commonCpuDetail, setClusterDetail } from '../cluster/index.ts'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import type { Peer } from './homogeneity.ts'
import { clusterPeers } from './host.repository.ts'

/** A mark of the CPUs that the common one was computed from. */
const computedFrom = `${commonCpuDetail}.from`

/**
 * In a cluster whose hosts have different CPUs (its setting allows that) new guests get the CPU that all of them offer.
 * It is computed anew whenever a host arrives with a CPU that was not counted yet; guests that run keep what they were
 * started with.
 */
export const commonCpuListener: HostListener = {
  name: 'common CPU',
  arrive: renewCommonCpu,
}

async function renewCommonCpu(ctx: ServerContext, { id, row: host }: ArrivedHost): Promise<void> {
  const clusterId = host.cluster_id
  if (clusterId === null) return
  if (!(await ctx.config.flag('alto.cluster.mixed.hosts.allowed', { clusterId }))) return
  const cpus = cpusOf(await clusterPeers(ctx.db, clusterId, -1))
  const mark = createHash('sha256').update(cpus.join('\n')).digest('hex').slice(0, 16)
  const known = (await clusterDetails(ctx.db, [clusterId])).get(clusterId) ?? {}
  if (cpus.length < 2 || known[computedFrom] === mark) return
  try {
    const { cpuXml } = await ctx.agents.call(id, 'host.common-cpu', { cpus })
    await transact(ctx, async (tx) => {
      await setClusterDetail(tx, clusterId, commonCpuDetail, cpuXml)
      await setClusterDetail(tx, clusterId, computedFrom, mark)
    })
  } catch (error) {
    if (!(error instanceof AltoError)) throw error
    // The host is of use without: its guests then move to equal hosts only, and the check of a migration says so.
    ctx.log.warn({ host: host.name, code: error.code, seen: error.seen }, errorText(error))
  }
}

/** The different CPUs of hosts that run guests with acceleration, in a fixed order. */
function cpusOf(peers: readonly Peer[]): string[] {
  const accelerated = peers.filter(({ facts }) => facts.acceleration.kind === 'kvm' && facts.hostCpuXml !== '')
  return [...new Set(accelerated.map(({ facts }) => facts.hostCpuXml))].sort()
}
