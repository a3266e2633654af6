import { apiFailure, infrastructureFailure } from '@altostack/core'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { isolationOf, requireBroadcastUri, segmentOf, untagged } from './broadcast-uri.ts'
import { requireMtu, vxlanMtu } from './network-mtu.ts'
import { claimFreeVnet, claimGivenVnet, type VnetOwner } from './vnet.repository.ts'

type Physical = Row<'physical_network'>
type Offering = Row<'network_offerings'>

/** The wire that the caller names; undefined: one is drawn from the ranges. Checks that it goes with the offering. */
export function givenWire(vlan: string | undefined, offering: Offering, physical: Physical): string | undefined {
  if (offering.specify_vlan === 1) return vlan === undefined ? untagged : requireBroadcastUri(vlan, physical)
  if (vlan !== undefined) {
    throw infrastructureFailure(
      'network.offering-mismatch',
      `Network offering ${offering.name} takes an id of the zone's ranges (specifyvlan=false), and vlan=${vlan} was given`,
      { fix: 'Leave vlan out, or choose an offering with specifyvlan=true such as DefaultL2NetworkOfferingVlan.' },
    )
  }
  return undefined
}

/** Claims the given wire, or a free one. An untagged network claims nothing: several share the label's bridge. */
export async function claimWire(
  tx: Tx,
  ctx: ServerContext,
  physical: Physical,
  given: string | undefined,
  owner: VnetOwner & { readonly bypass: boolean },
): Promise<string> {
  if (given === undefined) return await claimFreeVnet(tx, ctx, physical, owner)
  const segment = segmentOf(given)
  if (segment !== undefined) {
    await claimGivenVnet(tx, ctx, physical, { uri: given, id: segment.id, bypass: owner.bypass }, owner)
  }
  return given
}

/** The guests' MTU to keep: the one asked for, what a VXLAN leaves of the underlay, or null for that of the bridge. */
export async function privateMtu(
  db: Queries,
  caller: Caller,
  asked: number | undefined,
  physical: Physical,
  given: string | undefined,
): Promise<number | null> {
  if (asked !== undefined) {
    if (!isRootAdmin(caller)) throw apiFailure('api.permission', 'Only root administrators set privatemtu')
    return requireMtu('privatemtu', asked)
  }
  return isolationOf(physical) === 'VXLAN' && given !== untagged ? await vxlanMtu(db, physical) : null
}
