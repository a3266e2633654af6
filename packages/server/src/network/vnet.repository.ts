import { infrastructureFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { type IdRange, inRanges, isolationOf, readRanges } from './broadcast-uri.ts'
import { dedicatedRangesOf } from './dedicated-range.repository.ts'

export type Vnet = Row<'op_dc_vnet_alloc'>
type Physical = Row<'physical_network'>

/** Draws before the ranges are searched from the beginning: parallel creations spread instead of fighting for the first. */
const draws = 8

export type VnetOwner = { readonly networkId: number; readonly accountId: number }

/** Takes a free id of the physical network's ranges for the network; answers vlan://… or vxlan://…. */
export async function claimFreeVnet(tx: Tx, ctx: ServerContext, physical: Physical, owner: VnetOwner): Promise<string> {
  const dedicated = await dedicatedRangesOf(tx, physical.id)
  const mine = dedicated.filter((range) => range.account_id === owner.accountId)
  const others = dedicated.filter((range) => range.account_id !== owner.accountId)
  const ranges = mine.length > 0 ? mine : readRanges(physical.vnet)
  const total = ranges.reduce((sum, range) => sum + range.last - range.first + 1, 0)
  for (let draw = 0; draw < draws && total > 0; draw++) {
    const id = nth(ranges, Math.floor(ctx.runtime.random() * total))
    if (inRanges(others, id)) continue
    const uri = await take(tx, ctx, physical, id, owner)
    if (uri !== undefined) return uri
  }
  const taken = new Set((await vnetsOf(tx, physical.id)).map((vnet) => vnet.number))
  for (const range of ranges) {
    for (let id = range.first; id <= range.last; id++) {
      if (taken.has(id) || inRanges(others, id)) continue
      const uri = await take(tx, ctx, physical, id, owner)
      if (uri !== undefined) return uri
    }
  }
  throw infrastructureFailure(
    'network.no-free-vlan',
    total === 0
      ? `Physical network ${physical.name} has no VLAN range to take an id from`
      : `All ${total} ids of physical network ${physical.name} are in use`,
    {
      seen: `ranges: ${physical.vnet ?? 'none'}`,
      entities: [{ uuid: physical.uuid, description: 'physical network' }],
    },
  )
}

function nth(ranges: readonly IdRange[], position: number): number {
  let left = position
  for (const range of ranges) {
    const size = range.last - range.first + 1
    if (left < size) return range.first + left
    left -= size
  }
  return ranges[0]?.first ?? 0
}

async function take(
  tx: Tx,
  ctx: ServerContext,
  physical: Physical,
  id: number,
  owner: VnetOwner,
): Promise<string | undefined> {
  const vnet = `${isolationOf(physical).toLowerCase()}://${id}`
  // Asked first: a failed insert is an error in the log of some databases, and here it is the usual case.
  if ((await findVnet(tx, physical.data_center_id, vnet)) !== undefined) return undefined
  try {
    await tx
      .insertInto('op_dc_vnet_alloc')
      .values({
        vnet,
        number: id,
        physical_network_id: physical.id,
        data_center_id: physical.data_center_id,
        network_id: owner.networkId,
        account_id: owner.accountId,
        taken: ctx.runtime.now(),
      })
      .execute()
    return vnet
  } catch (error) {
    if (isUniqueViolation(error)) return undefined
    throw error
  }
}

/**
 * Takes the id that the caller gave. Without `bypass` it must be in use by no network of the zone and in no range that ids
 * are given out from. Throws `network.vlan-in-use`.
 */
export async function claimGivenVnet(
  tx: Tx,
  ctx: ServerContext,
  physical: Physical,
  given: { readonly uri: string; readonly id: number; readonly bypass: boolean },
  owner: VnetOwner,
): Promise<void> {
  if (!given.bypass && inRanges(readRanges(physical.vnet), given.id)) {
    throw infrastructureFailure(
      'network.vlan-in-use',
      `${given.uri} is in the range ${physical.vnet} of physical network ${physical.name}, which ids are given out from`,
      { seen: given.uri },
    )
  }
  if ((await take(tx, ctx, physical, given.id, owner)) !== undefined || given.bypass) return
  const vnet = await findVnet(tx, physical.data_center_id, given.uri)
  const other =
    vnet === undefined
      ? undefined
      : await tx.selectFrom('networks').select(['uuid', 'name']).where('id', '=', vnet.network_id).executeTakeFirst()
  throw infrastructureFailure('network.vlan-in-use', `${given.uri} is in use by network ${other?.name ?? 'another'}`, {
    seen: given.uri,
    ...(other === undefined ? {} : { entities: [{ uuid: other.uuid, description: 'network' }] }),
  })
}

/** The network gives its id back, or leaves it to another one that shares the wire. Repeating it changes nothing. */
export async function releaseVnet(tx: Tx, network: Row<'networks'>): Promise<void> {
  const sharing =
    network.broadcast_uri === null
      ? undefined
      : await tx
          .selectFrom('networks')
          .select(['id', 'account_id'])
          .where('data_center_id', '=', network.data_center_id)
          .where('broadcast_uri', '=', network.broadcast_uri)
          .where('id', '!=', network.id)
          .where('removed', 'is', null)
          .executeTakeFirst()
  if (sharing === undefined) {
    await tx.deleteFrom('op_dc_vnet_alloc').where('network_id', '=', network.id).execute()
    return
  }
  await tx
    .updateTable('op_dc_vnet_alloc')
    .set({ network_id: sharing.id, account_id: sharing.account_id })
    .where('network_id', '=', network.id)
    .execute()
}

export async function findVnet(db: Queries, zoneId: number, vnet: string): Promise<Vnet | undefined> {
  return await db
    .selectFrom('op_dc_vnet_alloc')
    .selectAll()
    .where('data_center_id', '=', zoneId)
    .where('vnet', '=', vnet)
    .executeTakeFirst()
}

export async function vnetsOf(db: Queries, physicalNetworkId: number): Promise<Vnet[]> {
  return await db
    .selectFrom('op_dc_vnet_alloc')
    .selectAll()
    .where('physical_network_id', '=', physicalNetworkId)
    .orderBy('number')
    .execute()
}
