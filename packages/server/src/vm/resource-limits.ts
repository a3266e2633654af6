import { virtualMachineFailure } from '@altostack/core'
import { sql } from 'kysely'
import type { ServerContext } from '../context.ts'
import { belowPath } from '../db/below-path.ts'
import { isMysql } from '../db/clock.ts'
import type { Row, Tx } from '../db/database.ts'

/** What is added to an account's use. Cores, MiB, bytes; what is not named is none. */
export type Addition = {
  readonly vms?: number
  readonly cpus?: number
  readonly memory?: number
  readonly volumes?: number
  readonly diskBytes?: number
  readonly snapshots?: number
  readonly templates?: number
  readonly imageBytes?: number
}

const GIB = 1024 ** 3
const unlimited = -1

type Resource = {
  readonly type: string
  readonly text: string
  readonly unit: number
  readonly of: (a: Addition) => number
}
const resources: readonly Resource[] = [
  { type: 'user_vm', text: 'virtual machines', unit: 1, of: (a) => a.vms ?? 0 },
  { type: 'cpu', text: 'cores', unit: 1, of: (a) => a.cpus ?? 0 },
  { type: 'memory', text: 'MiB of memory', unit: 1, of: (a) => a.memory ?? 0 },
  { type: 'volume', text: 'volumes', unit: 1, of: (a) => a.volumes ?? 0 },
  { type: 'primary_storage', text: 'GiB of primary storage', unit: GIB, of: (a) => a.diskBytes ?? 0 },
  { type: 'snapshot', text: 'snapshots', unit: 1, of: (a) => a.snapshots ?? 0 },
  { type: 'template', text: 'templates', unit: 1, of: (a) => a.templates ?? 0 },
  { type: 'secondary_storage', text: 'GiB of secondary storage', unit: GIB, of: (a) => a.imageBytes ?? 0 },
]
/** Settings that hold where no limit of its own is set. */
const defaults: Readonly<Record<string, string>> = {
  user_vm: 'user.vms',
  cpu: 'cpus',
  memory: 'memory',
  volume: 'volumes',
  primary_storage: 'primary.storage',
  snapshot: 'snapshots',
  template: 'templates',
  secondary_storage: 'secondary.storage',
}

/**
 * Throws error 532 when the addition would pass a limit of the account, or of its domain and those above. Root
 * administrators' accounts and the domain ROOT have none. Parallel deploys of one account queue on its row.
 */
export async function requireWithinLimits(
  tx: Tx,
  ctx: ServerContext,
  account: Pick<Row<'account'>, 'id' | 'type' | 'account_name' | 'domain_id'>,
  addition: Addition,
): Promise<void> {
  if (account.type === 1) return
  if (isMysql(tx)) await tx.selectFrom('account').select('id').where('id', '=', account.id).forUpdate().execute()
  const used = await usedBy(tx, { accountId: account.id })
  const own = await limitsOf(tx, 'account_id', account.id)
  const asked = resources.filter((resource) => resource.of(addition) > 0)
  for (const resource of asked) {
    const setting = `max.account.${defaults[resource.type]}`
    const max = own.get(resource.type) ?? (await ctx.config.number(setting, {}, tx))
    refuseBeyond(resource, max, used, addition, `account ${account.account_name}`, setting)
  }
  for (const domain of await domainsAbove(tx, account.domain_id)) {
    if (domain.path === '/') continue
    const set = await limitsOf(tx, 'domain_id', domain.id)
    const use = await usedBy(tx, { domainPath: domain.path })
    for (const resource of asked) {
      const setting = `max.domain.${defaults[resource.type]}`
      const max = set.get(resource.type) ?? (await ctx.config.number(setting, {}, tx))
      refuseBeyond(resource, max, use, addition, `domain ${domain.name}`, setting)
    }
  }
}

function refuseBeyond(
  resource: Resource,
  max: number,
  used: ReadonlyMap<string, number>,
  addition: Addition,
  owner: string,
  setting: string,
): void {
  if (max === unlimited) return
  const now = used.get(resource.type) ?? 0
  const asked = resource.of(addition)
  if (now + asked <= max * resource.unit) return
  const shown = (value: number): string => String(Math.round((value / resource.unit) * 100) / 100)
  throw virtualMachineFailure(
    'virtual-machine.limit',
    `Maximum number of ${resource.text} of ${owner} would be exceeded: ${shown(now)} used, ${shown(asked)} asked, limit ${max}`,
    {
      seen: `${resource.type}: ${shown(now)} + ${shown(asked)} > ${max}`,
      fix: `Free resources, or raise the limit of ${owner} (${setting}).`,
    },
  )
}

async function limitsOf(tx: Tx, column: 'account_id' | 'domain_id', id: number): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.selectFrom('resource_limit').select(['type', 'max']).where(column, '=', id).execute()
  return new Map(rows.map((row) => [row.type, row.max]))
}

async function domainsAbove(tx: Tx, domainId: number): Promise<readonly Row<'domain'>[]> {
  const domains: Row<'domain'>[] = []
  let next: number | null = domainId
  while (next !== null) {
    const row: Row<'domain'> | undefined = await tx
      .selectFrom('domain')
      .selectAll()
      .where('id', '=', next)
      .executeTakeFirst()
    if (row === undefined) break
    domains.push(row)
    next = row.parent
  }
  return domains
}

/** Destroyed VMs do not count, their disks do: they can be recovered. */
async function usedBy(
  tx: Tx,
  owner: { readonly accountId: number } | { readonly domainPath: string },
): Promise<ReadonlyMap<string, number>> {
  const domains = (path: string) => tx.selectFrom('domain').select('domain.id').where(belowPath('domain.path', path))
  let vms = tx
    .selectFrom('vm_instance')
    .select([
      sql<number>`count(*)`.as('count'),
      sql<number>`coalesce(sum(cpu), 0)`.as('cpus'),
      sql<number>`coalesce(sum(ram_size), 0)`.as('memory'),
    ])
    .where('removed', 'is', null)
    .where('state', 'not in', ['Destroyed', 'Expunging', 'Error'])
  let volumes = tx
    .selectFrom('volumes')
    .select([sql<number>`count(*)`.as('count'), sql<number>`coalesce(sum(size), 0)`.as('bytes')])
    .where('removed', 'is', null)
  if ('accountId' in owner) {
    vms = vms.where('account_id', '=', owner.accountId)
    volumes = volumes.where('account_id', '=', owner.accountId)
  } else {
    vms = vms.where('domain_id', 'in', domains(owner.domainPath))
    volumes = volumes.where('domain_id', 'in', domains(owner.domainPath))
  }
  const vm = await vms.executeTakeFirstOrThrow()
  const volume = await volumes.executeTakeFirstOrThrow()
  return new Map([
    ['user_vm', Number(vm.count)],
    ['cpu', Number(vm.cpus)],
    ['memory', Number(vm.memory)],
    ['volume', Number(volume.count)],
    ['primary_storage', Number(volume.bytes)],
  ])
}
