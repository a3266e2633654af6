import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'

type Limits = { readonly notify: number; readonly disable: number }
export type Thresholds = { readonly cpu: Limits; readonly memory: Limits }

/** What a cluster's settings say, or the global ones: shares of 1. */
export async function thresholdsOf(ctx: ServerContext, db: Queries, clusterId?: number): Promise<Thresholds> {
  const scope = clusterId === undefined ? {} : { clusterId }
  const limits = async (name: 'cpu' | 'memory'): Promise<Limits> => ({
    notify: await ctx.config.number(`cluster.${name}.allocated.capacity.notificationthreshold`, scope, db),
    disable: await ctx.config.number(`cluster.${name}.allocated.capacity.disablethreshold`, scope, db),
  })
  return { cpu: await limits('cpu'), memory: await limits('memory') }
}

/** Shares of 1; undefined: not known, and then nothing is said. */
export type Shares = {
  readonly cpu: number | undefined
  readonly cpuAllocated: number | undefined
  readonly memory: number | undefined
  readonly memoryAllocated: number | undefined
}

/** CloudStack's eight words about them. */
export function passed(shares: Shares, { cpu, memory }: Thresholds) {
  const above = (share: number | undefined, limit: number): boolean | undefined =>
    share === undefined ? undefined : share > limit
  return {
    cputhreshold: above(shares.cpu, cpu.notify),
    cpudisablethreshold: above(shares.cpu, cpu.disable),
    cpuallocatedthreshold: above(shares.cpuAllocated, cpu.notify),
    cpuallocateddisablethreshold: above(shares.cpuAllocated, cpu.disable),
    memorythreshold: above(shares.memory, memory.notify),
    memorydisablethreshold: above(shares.memory, memory.disable),
    memoryallocatedthreshold: above(shares.memoryAllocated, memory.notify),
    memoryallocateddisablethreshold: above(shares.memoryAllocated, memory.disable),
  }
}
