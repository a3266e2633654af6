import type { AdoptedFile, UnmanagedGuest } from '@altostack/agent-api'
import { apiFailure } from '@altostack/core'
import { requireAccount } from '../account/account.repository.ts'
import { requireWithinLimits } from '../account/resource-limits.ts'
import { claimPoolAsSeen, releasePool } from '../capacity/index.ts'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { allocateNic, kvmLabel, kvmLabelOf, releaseNics, segmentOf } from '../network/index.ts'
import { findDiskOffering, serviceOfferingDetails } from '../offering/index.ts'
import { insertVm, replaceVmDetails, requireVm, updateVmUuid, vmSize } from '../vm/index.ts'
import { deleteVolume, findVolumeByUuid, insertVolume, volumesOfVm } from '../volume/index.ts'
import { adoptedFile, nameTrouble, type PlacedDisk, placeDisks, refused } from './imported-disks.ts'

export type ImportWish = {
  readonly clusterId: number
  readonly name: string
  readonly displayName: string
  readonly hostName: string
  readonly accountId: number
  readonly userId: number
  readonly offeringId: number
  readonly templateId: number | null
  readonly details: Readonly<Record<string, string>>
  /** By NIC id, the network's id and the address asked for. */
  readonly nics: Readonly<Record<string, { readonly networkId: number; readonly address: string | null }>>
  /** By disk id. */
  readonly diskOfferings: Readonly<Record<string, number>>
  readonly forced: boolean
}
export type Imported = {
  readonly vmId: number
  readonly uuid: string
  readonly generation: number
  readonly files: AdoptedFile[]
}

/** Writes the rows of a guest that is about to be adopted: Stopped, its disks Ready. Throws by name what does not fit. */
export async function writeImport(
  tx: Tx,
  ctx: ServerContext,
  wish: ImportWish,
  host: Row<'host'>,
  guest: UnmanagedGuest,
): Promise<Imported> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(guest.name)) throw refused(guest, nameTrouble.what, nameTrouble.fix)
  const disks = await placeDisks(tx, host.id, guest)
  const offering = await tx
    .selectFrom('service_offering')
    .selectAll()
    .where('id', '=', wish.offeringId)
    .executeTakeFirstOrThrow()
  const size = await sizeOf(tx, wish, offering, guest)
  const account = await requireAccount(tx, wish.accountId)
  await requireWithinLimits(tx, ctx, account, {
    vms: 1,
    cpus: size.cpu,
    memory: size.ramSize,
    volumes: disks.length,
    diskBytes: disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  })
  await freeName(tx, ctx, guest)
  const now = ctx.runtime.now()
  const generation = guest.lastGeneration + 1
  const guestOs = await tx.selectFrom('guest_os').select('id').orderBy('id').executeTakeFirstOrThrow()
  const vmId = await insertVm(tx, {
    uuid: guest.uuid,
    name: wish.hostName,
    display_name: wish.displayName,
    instance_name: guest.name,
    state: 'Stopped',
    account_id: account.id,
    domain_id: account.domain_id,
    user_id: wish.userId,
    data_center_id: host.data_center_id,
    last_host_id: host.id,
    service_offering_id: offering.id,
    vm_template_id: wish.templateId,
    guest_os_id: guestOs.id,
    hypervisor_type: 'KVM',
    arch: guest.architecture,
    machine_type: guest.machineType === '' ? null : guest.machineType,
    cpu_xml: null,
    boot_mode: guest.bootMode,
    generation,
    ha_enabled: offering.ha_enabled,
    limit_cpu_use: offering.limit_cpu_use,
    display_vm: 1,
    dynamically_scalable: 0,
    cpu: size.cpu,
    speed: size.speed,
    ram_size: size.ramSize,
    created: now,
    update_time: now,
  })
  const [root, second] = guest.disks
  const adapter = ['virtio', 'e1000', 'rtl8139'].find((model) => model === guest.nics[0]?.model)
  await replaceVmDetails(tx, vmId, {
    ...wish.details,
    ...(root === undefined ? {} : { rootDiskController: root.bus }),
    ...(second === undefined ? {} : { dataDiskController: second.bus }),
    ...(adapter === undefined ? {} : { nicAdapter: adapter }),
  })
  const files: AdoptedFile[] = []
  for (const [deviceId, placed] of disks.entries()) {
    const file = adoptedFile(placed, ctx.runtime.uuid)
    files.push(file)
    await writeVolume(tx, ctx, { wish, offering, vmId, account, placed, deviceId, uuid: file.volumeUuid, guest })
  }
  await writeNics(tx, ctx, wish, vmId, guest)
  return { vmId, uuid: guest.uuid, generation, files }
}

async function sizeOf(
  tx: Tx,
  wish: ImportWish,
  offering: Row<'service_offering'>,
  guest: UnmanagedGuest,
): Promise<ReturnType<typeof vmSize>> {
  const memoryMib = Math.round(guest.memoryBytes / 1024 ** 2)
  const fits = (fixed: number | null, has: number): boolean => fixed === null || fixed === 0 || fixed === has
  if (!fits(offering.cpu, guest.cpus) || !fits(offering.ram_size, memoryMib)) {
    throw refused(
      guest,
      `it has ${guest.cpus} CPUs and ${memoryMib} MiB, service offering ${offering.name} ${offering.cpu ?? 'any'} and ${offering.ram_size ?? 'any'} MiB`,
      'Name an offering of the same size, or a customized one.',
    )
  }
  const bounds = Object.fromEntries(
    ((await serviceOfferingDetails(tx, [offering.id])).get(offering.id) ?? []).map((row) => [row.name, row.value]),
  )
  return vmSize(offering, bounds, {
    cpuSpeed: '1000',
    ...wish.details,
    ...(offering.speed !== null && offering.speed > 0 ? { cpuSpeed: String(offering.speed) } : {}),
    cpuNumber: String(guest.cpus),
    memory: String(memoryMib),
  })
}

/** What was let go of before may come back: its removed rows make way. */
async function freeName(tx: Tx, ctx: ServerContext, guest: UnmanagedGuest): Promise<void> {
  const rows = await tx
    .selectFrom('vm_instance')
    .select(['id', 'uuid', 'name', 'removed'])
    .where((eb) => eb.or([eb('uuid', '=', guest.uuid), eb('instance_name', '=', guest.name)]))
    .execute()
  const live = rows.find(({ removed }) => removed === null)
  if (live !== undefined) {
    throw refused(guest, `virtual machine ${live.name} has its name or id`, 'Rename the guest, or expunge that one.')
  }
  for (const row of rows) {
    if (row.uuid !== guest.uuid) continue
    await updateVmUuid(tx, row.id, ctx.runtime.uuid())
  }
}

type NewVolume = {
  readonly wish: ImportWish
  readonly offering: Row<'service_offering'>
  readonly vmId: number
  readonly account: Row<'account'>
  readonly placed: PlacedDisk
  readonly deviceId: number
  readonly uuid: string
  readonly guest: UnmanagedGuest
}

async function writeVolume(tx: Tx, ctx: ServerContext, volume: NewVolume): Promise<void> {
  const { wish, offering, placed, deviceId, guest, account, vmId } = volume
  const { disk, pool, sizeBytes } = placed
  const offeringId = deviceId === 0 ? offering.disk_offering_id : wish.diskOfferings[disk.target]
  if (offeringId === undefined) {
    throw refused(guest, `disk ${disk.target} has no disk offering`, 'Name one in datadiskofferinglist.')
  }
  if (offeringId !== null) await requireOffering(tx, guest, offeringId, placed)
  const old = await findVolumeByUuid(tx, volume.uuid)
  if (old?.removed === null) throw refused(guest, `disk ${disk.target} is a volume already`, 'Look for the volume.')
  if (old !== undefined) {
    await tx.updateTable('volumes').set({ uuid: ctx.runtime.uuid() }).where('id', '=', old.id).execute()
  }
  const now = ctx.runtime.now()
  await insertVolume(tx, {
    uuid: volume.uuid,
    name: deviceId === 0 ? `ROOT-${vmId}` : `DATA-${vmId}`,
    account_id: account.id,
    domain_id: account.domain_id,
    instance_id: vmId,
    device_id: deviceNumber(disk.target, deviceId),
    data_center_id: pool.data_center_id,
    pool_id: pool.id,
    volume_type: deviceId === 0 ? 'ROOT' : 'DATADISK',
    state: 'Ready',
    disk_offering_id: offeringId,
    template_id: placed.templateId,
    size: sizeBytes,
    physical_size: disk.physicalBytes ?? null,
    format: disk.format === 'raw' ? 'RAW' : 'QCOW2',
    path: volume.uuid,
    display_volume: 1,
    attached: now,
    created: now,
    updated: now,
  })
  await claimPoolAsSeen(tx, pool.id, sizeBytes)
}

/** vdb is 1; a root disk is 0 whatever its name. */
function deviceNumber(target: string, index: number): number {
  if (index === 0) return 0
  const letter = target.charCodeAt(target.length - 1) - 97
  return letter > 0 && letter < 26 ? letter : index
}

async function requireOffering(tx: Tx, guest: UnmanagedGuest, id: number, placed: PlacedDisk): Promise<void> {
  const offering = await findDiskOffering(tx, id)
  if (offering === undefined) return
  const { disk, pool, sizeBytes } = placed
  if (offering.customized !== 1 && offering.disk_size > 0 && offering.disk_size !== sizeBytes) {
    throw refused(
      guest,
      `disk ${disk.target} has ${sizeBytes} bytes, disk offering ${offering.name} ${offering.disk_size}`,
      'Name an offering of the same size, or a customized one.',
    )
  }
  if ((offering.use_local_storage === 1) !== (pool.scope === 'HOST')) {
    throw refused(
      guest,
      `disk ${disk.target} is on ${pool.scope === 'HOST' ? 'local' : 'shared'} storage, disk offering ${offering.name} is for the other`,
      'Name an offering of that storage type.',
    )
  }
}

async function writeNics(
  tx: Tx,
  ctx: ServerContext,
  wish: ImportWish,
  vmId: number,
  guest: UnmanagedGuest,
): Promise<void> {
  const vm = await requireVm(tx, vmId)
  const off = guest.power === 'PowerOff'
  for (const [index, nic] of guest.nics.entries()) {
    const wanted = wish.nics[String(index)]
    if (wanted === undefined) {
      throw refused(guest, `NIC ${index} (${nic.mac}) has no network`, 'Name one for each NIC in nicnetworklist.')
    }
    const network = await tx
      .selectFrom('networks')
      .selectAll()
      .where('id', '=', wanted.networkId)
      .executeTakeFirstOrThrow()
    if (network.data_center_id !== vm.data_center_id || network.traffic_type !== 'Guest') {
      throw refused(guest, `network ${network.name} is not a guest network of the zone`, 'Name another network.')
    }
    if (!off) await requireSameWire(tx, guest, index, network)
    if (network.guest_type === 'Shared' && wanted.address === null && !off) {
      throw refused(
        guest,
        `NIC ${index} is in ${network.name}, which gives addresses, and nobody has said which the guest has`,
        'Say it in nicipaddresslist.',
      )
    }
    const request = {
      ...{ vm, network, deviceId: index, isDefault: index === 0, macAddress: nic.mac === '' ? undefined : nic.mac },
      ipAddress: wanted.address ?? undefined,
    }
    try {
      await allocateNic(tx, ctx, request)
    } catch (error) {
      const taken =
        nic.mac !== '' && error instanceof Error && /is in use$/.test(error.message) && error.message.includes(nic.mac)
      if (!taken || !wish.forced || !off) throw error
      await allocateNic(tx, ctx, { ...request, macAddress: undefined })
    }
  }
  for (const id of Object.keys(wish.nics)) {
    if (guest.nics[Number(id)] === undefined) {
      throw apiFailure('api.parameter', `nicnetworklist: ${guest.name} has no NIC ${id}`)
    }
  }
}

/** A running guest stays on its bridge, so that must be the network's. */
async function requireSameWire(tx: Tx, guest: UnmanagedGuest, index: number, network: Row<'networks'>): Promise<void> {
  const label =
    (network.physical_network_id === null
      ? await kvmLabel(tx, network.data_center_id, 'Guest')
      : await kvmLabelOf(tx, network.physical_network_id, 'Guest')) ?? 'cloudbr0'
  const { bridge } = guest.nics[index]!
  if (bridge === label && segmentOf(network.broadcast_uri) === undefined) return
  throw refused(
    guest,
    `NIC ${index} is on ${bridge}, network ${network.name} on ${segmentOf(network.broadcast_uri) === undefined ? label : network.broadcast_uri}`,
    'Shut the guest down first, or name the network that its bridge belongs to.',
  )
}

/** Takes `writeImport` back: the guest was not adopted. */
export async function removeImport(tx: Tx, ctx: ServerContext, vmId: number): Promise<void> {
  for (const volume of await volumesOfVm(tx, vmId)) {
    if (volume.pool_id !== null) await releasePool(tx, volume.pool_id, volume.size)
    await deleteVolume(tx, volume.id)
  }
  await releaseNics(tx, vmId, ctx.runtime.now())
  await tx.deleteFrom('vm_instance_details').where('vm_id', '=', vmId).execute()
  await tx.deleteFrom('vm_instance').where('id', '=', vmId).execute()
}
