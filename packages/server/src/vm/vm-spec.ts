import type { Params } from '@altostack/agent-api'
import { Bug, virtualMachineFailure } from '@altostack/core'
import { commonCpuDetail } from '../cluster/index.ts'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { groupStates, guestDataOf, hasConfigDrive, withNamedGroups } from '../guest-network/index.ts'
import { type NicSetup, nicSpecs } from '../network/index.ts'
import { groupsOfVms } from '../security-group/index.ts'
import { hostPoolRef, requirePool } from '../storage/index.ts'
import { requireTemplate } from '../template/index.ts'
import { diskSpecOf, volumesOfVm } from '../volume/index.ts'
import { vmDetails } from './vm.repository.ts'
import type { VirtualMachine } from './vm.states.ts'

export type VmSpec = Params<'vm.start'>['spec']
type NicModel = VmSpec['nics'][number]['model']

export const vncPurpose = 'vm_instance.vnc_password'

/** Everything a host needs to build the domain; the same on every host. `setups`: its NICs, where they are to change. */
export async function vmSpec(
  db: Queries,
  ctx: ServerContext,
  vm: VirtualMachine,
  setups?: readonly NicSetup[],
): Promise<VmSpec> {
  const details = (await vmDetails(db, [vm.id])).get(vm.id) ?? {}
  const disks = await diskSpecs(db, vm, details)
  const model = modelOf(details.nicAdapter)
  const cpuXml = vm.cpu_xml ?? (await commonCpu(db, vm))
  const nics = (await nicSpecs(db, ctx, vm.id, vm.name, setups)).map((nic) => ({ ...nic, model }))
  const [guest] = await guestDataOf(db, ctx, [vm.id])
  const groupIds = ((await groupsOfVms(db, [vm.id])).get(vm.id) ?? []).map((group) => group.id)
  return {
    instanceName: vm.instance_name,
    uuid: vm.uuid,
    displayName: vm.display_name ?? vm.name,
    cpus: vm.cpu,
    cpuMhz: vm.speed,
    limitCpu: vm.limit_cpu_use === 1,
    memoryBytes: vm.ram_size * 1024 * 1024,
    architecture: architectureOf(vm.arch),
    ...(vm.machine_type === null ? {} : { machineType: vm.machine_type }),
    ...(cpuXml === undefined ? {} : { cpuXml }),
    bootMode: vm.boot_mode === 'UEFI' ? 'UEFI' : 'BIOS',
    disks,
    ...(await cdromOf(db, vm)),
    nics,
    vncPassword: openVncPassword(ctx, vm),
    details: domainDetails(details),
    securityGroups: await groupStates(db, await withNamedGroups(db, groupIds)),
    ...(guest === undefined ? {} : { guestData: guest.data }),
    ...((await hasConfigDrive(db, vm.id))
      ? { configDrive: { label: await ctx.config.text('vm.configdrive.label') } }
      : {}),
  }
}

/** Empty: the guest's screen asks for none. */
export function openVncPassword(ctx: ServerContext, vm: VirtualMachine): string {
  return vm.vnc_password === null ? '' : ctx.secrets.open(vncPurpose, vm.vnc_password)
}

/** A first start in a cluster of different CPUs: the one that all its hosts offer. */
async function commonCpu(db: Queries, vm: VirtualMachine): Promise<string | undefined> {
  if (vm.host_id === null) return undefined
  const row = await db
    .selectFrom('host')
    .innerJoin('cluster_details', 'cluster_details.cluster_id', 'host.cluster_id')
    .select('cluster_details.value')
    .where('host.id', '=', vm.host_id)
    .where('cluster_details.name', '=', commonCpuDetail)
    .executeTakeFirst()
  return row?.value ?? undefined
}

async function diskSpecs(
  db: Queries,
  vm: VirtualMachine,
  details: Readonly<Record<string, string>>,
): Promise<VmSpec['disks']> {
  const volumes = await volumesOfVm(db, vm.id)
  if (!volumes.some((volume) => volume.volume_type === 'ROOT')) {
    throw virtualMachineFailure('virtual-machine.no-disk', `Virtual machine ${vm.name} has no root disk`)
  }
  const specs: VmSpec['disks'] = []
  for (const volume of volumes) {
    if (volume.pool_id === null) throw new Bug('a disk without a pool is to be attached', { volume: volume.uuid })
    specs.push(await diskSpecOf(db, volume, details))
  }
  return specs
}

/** The copy of its ISO is on the pool of its root disk: every host that it may run on has that. */
async function cdromOf(db: Queries, vm: VirtualMachine): Promise<Pick<VmSpec, 'cdrom'>> {
  if (vm.iso_id === null) return {}
  const poolId = await rootPoolId(db, vm.id)
  if (poolId === null) return {}
  const { uuid } = await requireTemplate(db, vm.iso_id)
  return { cdrom: { uuid, pool: hostPoolRef(await requirePool(db, poolId)) } }
}

/** The pool of a VM's root disk; null before its first start. */
export async function rootPoolId(db: Queries, vmId: number): Promise<number | null> {
  const root = (await volumesOfVm(db, vmId)).find((volume) => volume.volume_type === 'ROOT')
  return root?.pool_id ?? null
}

function modelOf(adapter: string | undefined): NicModel {
  const known = (['virtio', 'e1000', 'rtl8139'] as const).find((model) => model === adapter?.toLowerCase())
  return known ?? 'virtio'
}

function architectureOf(arch: string): VmSpec['architecture'] {
  if (arch === 'x86_64' || arch === 'aarch64' || arch === 's390x') return arch
  throw new Bug('a virtual machine of an unknown architecture', { arch })
}

/** Details that shape the domain; others are only kept. */
const shaping = ['keyboard', 'cpu.mode', 'cpu.model'] as const

function domainDetails(details: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(shaping.flatMap((name) => (details[name] === undefined ? [] : [[name, details[name]]])))
}
