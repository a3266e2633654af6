import { infrastructureFailure, parseIpv4 } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'

export type IpAddress = Row<'user_ip_address'>
/** Free rows looked at for one claim: parallel deploys spread over them instead of fighting for the first. */
const candidates = 16

export type AddressClaim = {
  readonly networkId: number
  readonly networkName: string
  readonly vmId: number
  readonly nicUuid: string
  readonly accountId: number
  readonly domainId: number
  /** A wish of the caller; must be free and in a range of the network. */
  readonly requested?: string | undefined
}

/** Claims an address by a conditional UPDATE from Free. Throws `network.no-free-address` or `network.address`. */
export async function claimAddress(tx: Tx, ctx: ServerContext, claim: AddressClaim): Promise<IpAddress> {
  if (claim.requested !== undefined) return claimRequested(tx, ctx, claim, claim.requested)
  let after = -1
  for (;;) {
    const free = await tx
      .selectFrom('user_ip_address')
      .selectAll()
      .where('network_id', '=', claim.networkId)
      .where('state', '=', 'Free')
      .where('position', '>', after)
      .orderBy('position')
      .limit(candidates)
      .execute()
    if (free.length === 0) {
      throw infrastructureFailure('network.no-free-address', `Network ${claim.networkName} has no free address`)
    }
    for (const address of free) {
      if (await take(tx, ctx, claim, address.id)) return address
      after = address.position
    }
  }
}

async function claimRequested(tx: Tx, ctx: ServerContext, claim: AddressClaim, text: string): Promise<IpAddress> {
  if (parseIpv4(text) === undefined) {
    throw infrastructureFailure('network.address', `ipaddress is not an IPv4 address: ${text}`, { seen: text })
  }
  const address = await tx
    .selectFrom('user_ip_address')
    .selectAll()
    .where('network_id', '=', claim.networkId)
    .where('public_ip_address', '=', text)
    .executeTakeFirst()
  if (!address) {
    throw infrastructureFailure('network.address', `${text} is in no range of network ${claim.networkName}`, {
      seen: text,
      fix: 'listVlanIpRanges shows the ranges of the network.',
    })
  }
  if (!(await take(tx, ctx, claim, address.id))) {
    throw infrastructureFailure('network.address', `${text} of network ${claim.networkName} is in use`, { seen: text })
  }
  return address
}

async function take(tx: Tx, ctx: ServerContext, claim: AddressClaim, id: number): Promise<boolean> {
  const result = await tx
    .updateTable('user_ip_address')
    .set({
      state: 'Allocated',
      vm_id: claim.vmId,
      nic_uuid: claim.nicUuid,
      account_id: claim.accountId,
      domain_id: claim.domainId,
      allocated: ctx.runtime.now(),
    })
    .where('id', '=', id)
    .where('state', '=', 'Free')
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Frees every address that a virtual machine holds. */
export async function releaseAddresses(db: Queries, vmId: number): Promise<void> {
  await db
    .updateTable('user_ip_address')
    .set({ state: 'Free', vm_id: null, nic_uuid: null, account_id: null, domain_id: null, allocated: null })
    .where('vm_id', '=', vmId)
    .execute()
}

/** Frees one address of a network that the NIC holds. */
export async function releaseAddress(db: Queries, networkId: number, nicUuid: string, address: string): Promise<void> {
  await db
    .updateTable('user_ip_address')
    .set({ state: 'Free', vm_id: null, nic_uuid: null, account_id: null, domain_id: null, allocated: null })
    .where('network_id', '=', networkId)
    .where('nic_uuid', '=', nicUuid)
    .where('public_ip_address', '=', address)
    .execute()
}

/** How many addresses of a zone's Shared networks exist and are in use: capacity type 8. */
export async function addressUse(
  db: Queries,
  zoneIds: readonly number[],
): Promise<Map<number, { total: number; used: number }>> {
  if (zoneIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('user_ip_address')
    .select((eb) => ['data_center_id as zoneId', 'state', eb.fn.countAll<number>().as('n')])
    .where('data_center_id', 'in', [...zoneIds])
    .where('network_id', 'is not', null)
    .groupBy(['data_center_id', 'state'])
    .execute()
  const use = new Map<number, { total: number; used: number }>()
  for (const row of rows) {
    const of = use.get(row.zoneId) ?? { total: 0, used: 0 }
    of.total += Number(row.n)
    if (row.state !== 'Free') of.used += Number(row.n)
    use.set(row.zoneId, of)
  }
  return use
}
