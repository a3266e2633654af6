import { apiFailure, infrastructureFailure } from '@altostack/core'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { Row, Tx } from '../db/database.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { requireIpv4, requireNetworkDomain } from '../zone/index.ts'
import { type Network, offeringServices, updateNetworkRow } from './network.repository.ts'
import { requireMtu } from './network-mtu.ts'

export type NetworkChange = {
  readonly name: string | undefined
  readonly displaytext: string | undefined
  readonly networkdomain: string | undefined
  readonly offering: Row<'network_offerings'> | undefined
  readonly displaynetwork: boolean | undefined
  readonly privatemtu: number | undefined
  readonly dns1: string | undefined
  readonly dns2: string | undefined
  readonly customid: string | undefined
}

/** Writes what is given; what is not given stays. */
export async function changeNetwork(tx: Tx, caller: Caller, network: Network, change: NetworkChange): Promise<void> {
  const { offering } = change
  if (offering !== undefined) await requireOfferingFits(tx, network, offering)
  if (change.privatemtu !== undefined && !isRootAdmin(caller)) {
    throw apiFailure('api.permission', 'Only root administrators set privatemtu')
  }
  await updateNetworkRow(tx, network.id, {
    name: change.name ?? network.name,
    display_text: change.displaytext ?? network.display_text,
    network_domain:
      change.networkdomain === undefined
        ? network.network_domain
        : requireNetworkDomain('networkdomain', change.networkdomain),
    network_offering_id: offering?.id ?? network.network_offering_id,
    display_network: change.displaynetwork === undefined ? network.display_network : change.displaynetwork ? 1 : 0,
    private_mtu: change.privatemtu === undefined ? network.private_mtu : requireMtu('privatemtu', change.privatemtu),
    dns1: nameServer('dns1', change.dns1, network.dns1),
    dns2: nameServer('dns2', change.dns2, network.dns2),
  })
  if (change.customid !== undefined) await changeId(tx, network, change.customid)
}

function nameServer(parameter: string, given: string | undefined, kept: string | null): string | null {
  if (given === undefined) return kept
  if (given === '') return null
  requireIpv4(parameter, given)
  return given
}

async function changeId(tx: Tx, network: Network, customId: string): Promise<void> {
  const uuid = customId.toLowerCase()
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) {
    throw apiFailure('api.parameter', `customid is not a UUID: ${customId}`, { seen: customId })
  }
  try {
    await tx.updateTable('networks').set({ uuid }).where('id', '=', network.id).execute()
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw apiFailure('api.parameter', `customid ${uuid} is in use`, { seen: uuid, cause: error })
  }
}

/** The wire and the addresses of a network stay what they are: an offering that needs others does not fit. */
async function requireOfferingFits(tx: Tx, network: Network, offering: Row<'network_offerings'>): Promise<void> {
  if (offering.id === network.network_offering_id) return
  const refuse = (why: string): Error =>
    infrastructureFailure(
      'network.offering-mismatch',
      `Network ${network.name} cannot change to ${offering.name}: ${why}`,
    )
  const present = await tx
    .selectFrom('network_offerings')
    .selectAll()
    .where('id', '=', network.network_offering_id)
    .executeTakeFirstOrThrow()
  if (offering.state !== 'Enabled') throw refuse(`it is ${offering.state}`)
  if (offering.guest_type !== network.guest_type) throw refuse(`it is for ${offering.guest_type} networks`)
  if (offering.specify_vlan !== present.specify_vlan) throw refuse('specifyvlan differs')
  if (offering.specify_ip_ranges !== present.specify_ip_ranges) throw refuse('specifyipranges differs')
  if ((offering.tags ?? '') !== (present.tags ?? '')) throw refuse('its tags differ')
  const services = await offeringServices(tx, [offering.id, present.id])
  const has = (id: number, service: string): boolean => (services.get(id) ?? []).some((one) => one.service === service)
  if (has(offering.id, 'SecurityGroup') !== has(present.id, 'SecurityGroup')) {
    throw refuse('security groups come and go with a network')
  }
}
