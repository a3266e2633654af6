import { virtualMachineFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { isMysql } from '../db/clock.ts'
import type { Row, Tx } from '../db/database.ts'
import { limitSettings, unlimited } from './resource-fields.ts'
import { ownLimits, type ResourceType, type ResourceUse, resourceUse, sumUse } from './resource-use.repository.ts'

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

type Resource = {
  readonly type: ResourceType
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
  const asked = resources.filter((resource) => resource.of(addition) > 0)
  const types = new Set(asked.map((resource) => resource.type))
  const used = (await resourceUse(tx, 'account_id', { accountIds: [account.id] }, types)).get(account.id)
  const own = (await ownLimits(tx, 'account_id', [account.id])).get(account.id)
  for (const resource of asked) {
    const setting = `max.account.${limitSettings[resource.type]}`
    const max = own?.get(resource.type) ?? (await ctx.config.number(setting, {}, tx))
    refuseBeyond(resource, max, used, addition, `account ${account.account_name}`, setting)
  }
  for (const domain of await domainsAbove(tx, account.domain_id)) {
    if (domain.path === '/') continue
    const set = (await ownLimits(tx, 'domain_id', [domain.id])).get(domain.id)
    const use = sumUse((await resourceUse(tx, 'domain_id', { domainPath: domain.path }, types)).values())
    for (const resource of asked) {
      const setting = `max.domain.${limitSettings[resource.type]}`
      const max = set?.get(resource.type) ?? (await ctx.config.number(setting, {}, tx))
      refuseBeyond(resource, max, use, addition, `domain ${domain.name}`, setting)
    }
  }
}

function refuseBeyond(
  resource: Resource,
  max: number,
  used: ResourceUse | undefined,
  addition: Addition,
  owner: string,
  setting: string,
): void {
  if (max === unlimited) return
  const now = used?.get(resource.type) ?? 0
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
