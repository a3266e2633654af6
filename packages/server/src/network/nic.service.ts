import type { Params } from '@altostack/agent-api'
import { apiFailure, Bug, infrastructureFailure, netmaskOf } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { noteGuestNetwork } from '../guest-network/index.ts'
import { groupsOfVms, guardedNetworks } from '../security-group/index.ts'
import { segmentOf } from './broadcast-uri.ts'
import { claimAddress, releaseAddresses } from './ip-address.repository.ts'
import type { Network } from './network.repository.ts'
import { secondaryAddresses } from './nic.repository.ts'
import { defaultBridge, kvmLabel, kvmLabelOf } from './physical-network.repository.ts'

export type Nic = Row<'nics'>
export type NicSpec = Params<'vm.start'>['spec']['nics'][number]

export type NicRequest = {
  readonly vm: Pick<Row<'vm_instance'>, 'id' | 'account_id' | 'domain_id'>
  readonly network: Network
  readonly deviceId: number
  readonly isDefault: boolean
  readonly ipAddress?: string | undefined
  readonly macAddress?: string | undefined
}

/** Writes the NIC, minting a MAC and claiming an address of the network's ranges; L2 networks give none. */
export async function allocateNic(tx: Tx, ctx: ServerContext, request: NicRequest): Promise<Nic> {
  const { network, vm } = request
  const uuid = ctx.runtime.uuid()
  const mac = request.macAddress === undefined ? await freeMac(tx, ctx) : await requireMac(tx, request.macAddress)
  let address: string | null = null
  if (network.guest_type === 'Shared') {
    const claimed = await claimAddress(tx, ctx, {
      networkId: network.id,
      networkName: network.name,
      vmId: vm.id,
      nicUuid: uuid,
      accountId: vm.account_id,
      domainId: vm.domain_id,
      requested: request.ipAddress,
    })
    address = claimed.public_ip_address
  } else if (request.ipAddress !== undefined) {
    throw infrastructureFailure(
      'network.address',
      `Network ${network.name} is ${network.guest_type}: it gives no addresses`,
      {
        fix: 'Leave ipaddress out; guests of an L2 network are addressed by whatever runs on it.',
      },
    )
  }
  const result = await tx
    .insertInto('nics')
    .values({
      uuid,
      instance_id: vm.id,
      network_id: network.id,
      mac_address: mac,
      ip4_address: address,
      netmask: address === null || network.cidr === null ? null : netmaskOf(Number(network.cidr.split('/')[1])),
      gateway: address === null ? null : network.gateway,
      broadcast_uri: network.broadcast_uri,
      isolation_uri: network.broadcast_uri,
      device_id: request.deviceId,
      default_nic: request.isDefault ? 1 : 0,
      state: 'Reserved',
      mtu: network.private_mtu,
      created: ctx.runtime.now(),
    })
    .executeTakeFirstOrThrow()
  await noteGuestNetwork(tx, ctx, 'Vm', vm.id)
  return tx.selectFrom('nics').selectAll().where('id', '=', Number(result.insertId)).executeTakeFirstOrThrow()
}

/** Removes a virtual machine's NICs and frees their addresses. Repeating it changes nothing. */
export async function releaseNics(tx: Tx, vmId: number, now: number): Promise<void> {
  await releaseAddresses(tx, vmId)
  await tx
    .updateTable('nics')
    .set({ removed: now, state: 'Deallocating', ip4_address: null })
    .where('instance_id', '=', vmId)
    .where('removed', 'is', null)
    .execute()
  await tx.deleteFrom('nic_secondary_ips').where('vm_id', '=', vmId).execute()
}

export async function nicsOf(db: Queries, vmIds: readonly number[]): Promise<Map<number, Nic[]>> {
  const nics = new Map<number, Nic[]>()
  if (vmIds.length === 0) return nics
  const rows = await db
    .selectFrom('nics')
    .selectAll()
    .where('instance_id', 'in', [...vmIds])
    .where('removed', 'is', null)
    .orderBy('device_id')
    .execute()
  for (const row of rows) nics.set(row.instance_id, [...(nics.get(row.instance_id) ?? []), row])
  return nics
}

/** A NIC with its other addresses, as a host shall have it. */
export type NicSetup = Nic & { readonly secondary: readonly string[] }

export async function nicSetups(db: Queries, vmId: number): Promise<NicSetup[]> {
  const nics = (await nicsOf(db, [vmId])).get(vmId) ?? []
  const others = await secondaryAddresses(db, [vmId])
  return nics.map((nic) => ({
    ...nic,
    secondary: others.filter((one) => one.nic_id === nic.id).map((one) => one.ip4_address),
  }))
}

/** What a host needs to plug the NICs of a virtual machine. `hostName` is the guest's DNS label. */
export async function nicSpecs(
  db: Queries,
  ctx: ServerContext,
  vmId: number,
  hostName: string,
  nics?: readonly NicSetup[],
): Promise<NicSpec[]> {
  const networks = await db
    .selectFrom('networks')
    .innerJoin('nics', 'nics.network_id', 'networks.id')
    .select(['networks.id', 'networks.network_offering_id'])
    .where('nics.instance_id', '=', vmId)
    .distinct()
    .execute()
  const guarded = await guardedNetworks(db, networks)
  const groups = ((await groupsOfVms(db, [vmId])).get(vmId) ?? []).map((group) => group.uuid)
  const specs: NicSpec[] = []
  for (const nic of nics ?? (await nicSetups(db, vmId))) {
    const network = await db.selectFrom('networks').selectAll().where('id', '=', nic.network_id).executeTakeFirst()
    if (!network) throw new Bug('a NIC names a network that is not there', { nic: nic.uuid })
    const zone = await db
      .selectFrom('data_center')
      .selectAll()
      .where('id', '=', network.data_center_id)
      .executeTakeFirstOrThrow()
    const label =
      network.physical_network_id === null
        ? await kvmLabel(db, network.data_center_id, 'Guest')
        : await kvmLabelOf(db, network.physical_network_id, 'Guest')
    specs.push({
      nicUuid: nic.uuid,
      deviceId: nic.device_id,
      mac: nic.mac_address,
      bridge: label ?? defaultBridge,
      model: 'virtio',
      networkUuid: network.uuid,
      ...(nic.ip4_address === null ? {} : { addresses: [nic.ip4_address, ...nic.secondary] }),
      ...(guarded.has(network.id) ? { securityGroups: groups } : {}),
      ...(await nicSegment(db, ctx, network)),
      ...(network.private_mtu === null ? {} : { mtu: network.private_mtu }),
      ...(nic.enabled === 1 ? {} : { linkUp: false }),
      ...(nic.ip4_address === null || nic.netmask === null
        ? {}
        : {
            dhcp: {
              networkUuid: network.uuid,
              address: nic.ip4_address,
              netmask: nic.netmask,
              ...(nic.gateway === null ? {} : { gateway: nic.gateway }),
              ...(nic.default_nic === 1 ? {} : { defaultRoute: false }),
              dns: [network.dns1 ?? zone.dns1, network.dns2 ?? zone.dns2].filter((dns) => isIpv4(dns)),
              hostName,
              ...(network.network_domain === null ? {} : { domain: network.network_domain }),
            },
          }),
    })
  }
  return specs
}

async function nicSegment(db: Queries, ctx: ServerContext, network: Network): Promise<Pick<NicSpec, 'segment'>> {
  const segment = segmentOf(network.broadcast_uri)
  if (segment === undefined) return {}
  if (segment.kind === 'vlan') return { segment: { kind: 'vlan', id: segment.id } }
  const mode = await ctx.config.text('alto.vxlan.mode', { zoneId: network.data_center_id }, db)
  return { segment: { kind: 'vxlan', id: segment.id, flood: mode === 'unicast' ? 'unicast' : 'multicast' } }
}

function isIpv4(text: string | null): text is string {
  return text !== null && /^\d+\.\d+\.\d+\.\d+$/.test(text)
}

/** A locally administered unicast address that no live NIC has. Random, so that parallel deploys share no counter row. */
async function freeMac(tx: Tx, ctx: ServerContext): Promise<string> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const tail = [...ctx.runtime.randomBytes(4)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
    const mac = `1e:00:${tail}`
    if (!(await macInUse(tx, mac))) return mac
  }
  throw new Bug('twenty random MAC addresses were all in use')
}

async function requireMac(tx: Tx, text: string): Promise<string> {
  const mac = text.toLowerCase()
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) || (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1) {
    throw apiFailure('api.parameter', `macaddress is not a unicast MAC address: ${text}`, { seen: text })
  }
  if (await macInUse(tx, mac)) throw apiFailure('api.parameter', `macaddress ${mac} is in use`, { seen: mac })
  return mac
}

async function macInUse(tx: Tx, mac: string): Promise<boolean> {
  const nic = await tx
    .selectFrom('nics')
    .select('id')
    .where('mac_address', '=', mac)
    .where('removed', 'is', null)
    .executeTakeFirst()
  return nic !== undefined
}
