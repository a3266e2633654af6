import { apiFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type NetworkProvider = Row<'physical_network_service_providers'>

/** What can stand behind a service, with the services it gives. Those of a router are done by each host for its guests. */
export const knownProviders = [
  { name: 'VirtualRouter', services: ['Dhcp', 'Dns', 'UserData'], element: 'router' },
  { name: 'VpcVirtualRouter', services: [], element: 'router' },
  { name: 'InternalLbVm', services: [], element: 'balancer' },
  { name: 'ConfigDrive', services: ['UserData'] },
  { name: 'SecurityGroupProvider', services: ['SecurityGroup'] },
] as const satisfies readonly {
  readonly name: string
  readonly services: readonly string[]
  readonly element?: 'router' | 'balancer'
}[]

export function knownProvider(name: string): (typeof knownProviders)[number] | undefined {
  return knownProviders.find((provider) => provider.name.toLowerCase() === name.toLowerCase())
}

export async function insertProvider(
  tx: Tx,
  ctx: ServerContext,
  physicalNetworkId: number,
  name: string,
  given: { readonly services?: readonly string[]; readonly destinationId?: number } = {},
): Promise<NetworkProvider> {
  const known = knownProvider(name)
  const services = given.services ?? known?.services ?? []
  const { insertId } = await tx
    .insertInto('physical_network_service_providers')
    .values({
      uuid: ctx.runtime.uuid(),
      physical_network_id: physicalNetworkId,
      provider_name: known?.name ?? name,
      destination_physical_network_id: given.destinationId ?? null,
      services: services.join(','),
      created: ctx.runtime.now(),
    })
    .executeTakeFirstOrThrow()
  const id = Number(insertId)
  if (known !== undefined && 'element' in known) {
    await tx
      .insertInto('virtual_router_providers')
      .values({ uuid: ctx.runtime.uuid(), nsp_id: id, type: known.name })
      .execute()
  }
  return await requireProvider(tx, id)
}

/** Those that a new physical network has in CloudStack, as far as they exist here; Disabled until somebody enables them. */
export async function addDefaultProviders(tx: Tx, ctx: ServerContext, physicalNetworkId: number): Promise<void> {
  for (const { name } of knownProviders) await insertProvider(tx, ctx, physicalNetworkId, name)
}

export async function requireProvider(db: Queries, id: number): Promise<NetworkProvider> {
  return await db
    .selectFrom('physical_network_service_providers')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
}

export async function listProviderRows(
  db: Queries,
  filter: {
    readonly physicalNetworkId?: number
    readonly name?: string
    readonly state?: string
    readonly keyword?: string
  },
  page: Page,
): Promise<{ count: number; rows: NetworkProvider[] }> {
  const table = 'physical_network_service_providers'
  let query = db.selectFrom(table).where(`${table}.removed`, 'is', null)
  if (filter.physicalNetworkId !== undefined) {
    query = query.where(`${table}.physical_network_id`, '=', filter.physicalNetworkId)
  }
  if (filter.name !== undefined) query = query.where(`${table}.provider_name`, '=', filter.name)
  if (filter.state !== undefined) query = query.where(`${table}.state`, '=', filter.state)
  if (filter.keyword !== undefined)
    query = query.where(`${table}.provider_name`, 'like', keywordPattern(filter.keyword))
  return selectPage(query, page, (filtered) => filtered.selectAll(table).orderBy(`${table}.id`))
}

export async function updateProviderRow(
  tx: Tx,
  id: number,
  values: Partial<Omit<NetworkProvider, 'id' | 'uuid'>>,
): Promise<void> {
  await tx.updateTable('physical_network_service_providers').set(values).where('id', '=', id).execute()
}

export type NetworkElement = Row<'virtual_router_providers'>

export async function elementOf(db: Queries, nspId: number): Promise<NetworkElement | undefined> {
  return await db
    .selectFrom('virtual_router_providers')
    .selectAll()
    .where('nsp_id', '=', nspId)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

export async function listElementRows(
  db: Queries,
  kind: 'router' | 'balancer',
  filter: { readonly id?: number; readonly nspId?: number; readonly enabled?: boolean; readonly keyword?: string },
  page: Page,
): Promise<{ count: number; rows: NetworkElement[] }> {
  const table = 'virtual_router_providers'
  const types = knownProviders.flatMap((one) => ('element' in one && one.element === kind ? [one.name] : []))
  let query = db.selectFrom(table).where(`${table}.removed`, 'is', null).where(`${table}.type`, 'in', types)
  if (filter.id !== undefined) query = query.where(`${table}.id`, '=', filter.id)
  if (filter.nspId !== undefined) query = query.where(`${table}.nsp_id`, '=', filter.nspId)
  if (filter.enabled !== undefined) query = query.where(`${table}.enabled`, '=', filter.enabled ? 1 : 0)
  if (filter.keyword !== undefined) query = query.where(`${table}.type`, 'like', keywordPattern(filter.keyword))
  return selectPage(query, page, (filtered) => filtered.selectAll(table).orderBy(`${table}.id`))
}

/** Throws when the element is of the other kind. */
export function requireElement(element: NetworkElement, kind: 'router' | 'balancer'): void {
  const known = knownProvider(element.type)
  if (known !== undefined && 'element' in known && known.element === kind) return
  throw apiFailure('api.parameter', `The element is one of ${element.type}`, { seen: element.type })
}

export async function setElement(tx: Tx, id: number, enabled: boolean): Promise<void> {
  await tx
    .updateTable('virtual_router_providers')
    .set({ enabled: enabled ? 1 : 0 })
    .where('id', '=', id)
    .execute()
}

/** The provider goes with its element. */
export async function removeProvider(tx: Tx, id: number, now: number): Promise<void> {
  await tx.updateTable('physical_network_service_providers').set({ removed: now }).where('id', '=', id).execute()
  await tx.updateTable('virtual_router_providers').set({ removed: now }).where('nsp_id', '=', id).execute()
}

/** Throws when the provider has no element of this kind. */
export async function requireElementOf(
  db: Queries,
  provider: NetworkProvider,
  kind: 'router' | 'balancer',
): Promise<void> {
  const element = await elementOf(db, provider.id)
  if (element === undefined) {
    throw apiFailure('api.parameter', `Provider ${provider.provider_name} has no element`, {
      seen: provider.provider_name,
    })
  }
  requireElement(element, kind)
}
