import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { type ResourceType, type ResourceUse, resourceTypes } from './resource-use.repository.ts'

export const unlimited = -1
const gib = 1024 ** 3

/** The end of the settings that hold where no limit was set: `max.account.…`, `max.domain.…`. */
export const limitSettings: Readonly<Record<ResourceType, string>> = {
  user_vm: 'user.vms',
  public_ip: 'public.ips',
  volume: 'volumes',
  snapshot: 'snapshots',
  template: 'templates',
  project: 'projects',
  network: 'networks',
  vpc: 'vpcs',
  cpu: 'cpus',
  memory: 'memory',
  primary_storage: 'primary.storage',
  secondary_storage: 'secondary.storage',
}
/** How answers call them. */
const fieldNames: Readonly<Record<ResourceType, string>> = {
  user_vm: 'vm',
  public_ip: 'ip',
  volume: 'volume',
  snapshot: 'snapshot',
  template: 'template',
  project: 'project',
  network: 'network',
  vpc: 'vpc',
  cpu: 'cpu',
  memory: 'memory',
  primary_storage: 'primarystorage',
  secondary_storage: 'secondarystorage',
}
const inGib: ReadonlySet<ResourceType> = new Set(['primary_storage', 'secondary_storage'])

/** Limits where nothing was set: those of the settings. */
export async function defaultLimits(
  ctx: ServerContext,
  of: 'account' | 'domain',
  db?: Queries,
): Promise<ReadonlyMap<ResourceType, number>> {
  const limits = new Map<ResourceType, number>()
  for (const type of resourceTypes) {
    limits.set(type, await ctx.config.number(`max.${of}.${limitSettings[type]}`, {}, db))
  }
  return limits
}

/** `vmlimit`, `vmtotal`, `vmavailable` and so on. `limits` undefined: there are none, as for root administrators and ROOT. */
export function resourceFields(
  use: ResourceUse | undefined,
  limits:
    | { readonly own: ReadonlyMap<string, number> | undefined; readonly defaults: ReadonlyMap<string, number> }
    | undefined,
): Readonly<Record<string, string | number>> {
  const fields: Record<string, string | number> = {}
  for (const type of resourceTypes) {
    const name = fieldNames[type]
    const total = shown(type, use?.get(type) ?? 0)
    const max = limits === undefined ? unlimited : (limits.own?.get(type) ?? limits.defaults.get(type) ?? unlimited)
    fields[`${name}limit`] = max === unlimited ? 'Unlimited' : String(max)
    fields[`${name}total`] = total
    fields[`${name}available`] =
      max === unlimited ? 'Unlimited' : String(Math.max(0, Math.round((max - total) * 100) / 100))
  }
  return fields
}

function shown(type: ResourceType, amount: number): number {
  if (!inGib.has(type)) return amount
  return type === 'primary_storage' ? Math.ceil(amount / gib) : Math.round((amount / gib) * 100) / 100
}
