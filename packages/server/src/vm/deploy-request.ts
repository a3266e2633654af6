import type { deployVirtualMachine, Input } from '@altostack/api'
import { apiFailure, virtualMachineFailure } from '@altostack/core'
import { accessRules, mayActForAccount } from '../auth/access-rules.ts'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { Entities } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Row } from '../db/database.ts'
import { serviceOfferingDetails } from '../offering/index.ts'
import { requireUsable, type UsableImage } from '../template/index.ts'
import { offeredBytes, requireDiskOffering } from '../volume/index.ts'
import { mayUseDisabled } from './caller-rights.ts'
import { readDataDisks } from './data-disks.ts'
import { type GuestChoices, readGuestChoices } from './guest-choices.ts'
import { requireFreeHostName, requireHostName } from './vm-name.ts'
import { type VmSize, vmSize } from './vm-size.ts'

type Deploy = typeof deployVirtualMachine
export type DeployCall = {
  readonly ctx: ServerContext
  readonly caller: Caller
  readonly input: Input<Deploy>
  readonly entities: Entities<Deploy>
}
export type NicWish = {
  readonly network: Row<'networks'>
  readonly ip?: string | undefined
  readonly mac?: string | undefined
}
export type DataDiskWish = {
  readonly offering: Row<'disk_offering'>
  readonly bytes: number
  readonly deviceId: number
}
/** A deploy with everything looked up and checked; nothing is written yet. */
export type DeployRequest = {
  readonly account: Row<'account'>
  readonly zone: Row<'data_center'>
  readonly template: Row<'vm_template'>
  /** `template` is an ISO: the root disk begins empty and the ISO is in the drive. */
  readonly iso: boolean
  readonly hypervisor: string
  readonly offering: Row<'service_offering'>
  readonly diskOffering: Row<'disk_offering'> | undefined
  readonly size: VmSize
  readonly details: Readonly<Record<string, string>>
  readonly rootBytes: number
  readonly dataDisks: readonly DataDiskWish[]
  /** Size of the template's file: what a copy of it takes on a pool. */
  readonly templateFileBytes: number
  readonly nics: readonly NicWish[]
  readonly name: string | undefined
  readonly guest: GuestChoices
  readonly allowDisabled: boolean
}

const GIB = 1024 ** 3

/** Looks up and checks all that a deploy names. Throws 431, 531 or 532 with what is wrong and what to do. */
export async function readDeploy(db: Queries, call: DeployCall): Promise<DeployRequest> {
  const { ctx, caller, input, entities } = call
  const zone = entities.zoneid
  if (zone.allocation_state !== 'Enabled' && !isRootAdmin(caller)) {
    throw virtualMachineFailure(
      'virtual-machine.zone-disabled',
      `Cannot perform this operation, Zone is currently disabled: ${zone.name}`,
    )
  }
  if (input.displayvm !== undefined && !isRootAdmin(caller)) {
    throw apiFailure('api.permission', 'Only root administrators set displayvm')
  }
  const account = await ownerOf(db, call)
  const template = entities.templateid
  const image = await usableTemplate(db, call)
  const iso = template.format === 'ISO'
  const offering = entities.serviceofferingid
  await requireOffering(db, offering, zone)
  const details = detailsOf(input)
  const bounds = Object.fromEntries(
    ((await serviceOfferingDetails(db, [offering.id])).get(offering.id) ?? []).map((row) => [row.name, row.value]),
  )
  const size = vmSize(offering, bounds, details)
  const diskOffering =
    entities.overridediskofferingid ??
    (offering.disk_offering_id === null
      ? undefined
      : await db.selectFrom('disk_offering').selectAll().where('id', '=', offering.disk_offering_id).executeTakeFirst())
  if (entities.overridediskofferingid !== undefined) {
    await requireDiskOffering(db, entities.overridediskofferingid, zone.id)
  }
  const root = iso ? await blankRoot(db, call, diskOffering) : undefined
  const nics = await nicWishes(db, call, account)
  const name = input.name === undefined ? undefined : requireHostName(input.name)
  if (name !== undefined)
    await requireFreeHostName(
      db,
      name,
      nics.map((nic) => nic.network.id),
    )
  return {
    account,
    zone,
    template,
    iso,
    hypervisor: image.hypervisor,
    offering,
    diskOffering: root?.offering ?? diskOffering,
    size,
    details,
    rootBytes: root?.bytes ?? rootBytes(input.rootdisksize, image.virtualBytes, diskOffering, template.name),
    dataDisks: await readDataDisks(db, call),
    templateFileBytes: image.fileBytes,
    nics,
    name,
    guest: await readGuestChoices(db, call, account, template, nics),
    allowDisabled: await mayUseDisabled(ctx, db, caller),
  }
}

async function ownerOf(db: Queries, { caller, input, entities }: DeployCall): Promise<Row<'account'>> {
  const byId = db.selectFrom('account').selectAll().where('removed', 'is', null)
  if (input.account === undefined) return await byId.where('id', '=', caller.accountId).executeTakeFirstOrThrow()
  const domain = entities.domainid
  const account = await byId
    .where('account_name', '=', input.account)
    .where('domain_id', '=', domain?.id ?? caller.domainId)
    .executeTakeFirst()
  if (account === undefined) {
    throw apiFailure(
      'api.parameter',
      `Unable to find account ${input.account} in domain ${domain?.name ?? 'of the caller'}`,
      {
        fix: 'Send account together with its domainid.',
      },
    )
  }
  const path = (await db.selectFrom('domain').select('path').where('id', '=', account.domain_id).executeTakeFirst())
    ?.path
  if (!mayActForAccount(caller, { accountId: account.id, domainPath: path ?? '' })) {
    throw apiFailure('api.permission', `The caller may not deploy for account ${input.account}`)
  }
  if (account.state !== 'enabled') {
    throw apiFailure('api.permission', `The account ${account.account_name} is ${account.state}`, {
      fix: 'Enable the account first.',
    })
  }
  return account
}

async function usableTemplate(
  db: Queries,
  { input, entities }: DeployCall,
): Promise<UsableImage & { readonly hypervisor: string }> {
  const { templateid: template, zoneid: zone } = entities
  const usable = await requireUsable(db, template, zone)
  const fail = (text: string, fix: string): Error =>
    virtualMachineFailure('virtual-machine.template', text, {
      fix,
      entities: [{ uuid: template.uuid, description: 'template' }],
    })
  if (template.format === 'ISO') {
    if (template.bootable !== 1) {
      throw fail(`ISO ${template.name} is not bootable`, 'Use a bootable one, or updateIso with bootable=true.')
    }
    return { ...usable, hypervisor: input.hypervisor ?? (await onlyHypervisor(db, zone)) }
  }
  if (input.hypervisor !== undefined && input.hypervisor.toLowerCase() !== template.hypervisor_type.toLowerCase()) {
    throw fail(
      `Template ${template.name} is for ${template.hypervisor_type}, ${input.hypervisor} was asked`,
      'Leave hypervisor out, or use another template.',
    )
  }
  return { ...usable, hypervisor: template.hypervisor_type }
}

/** An ISO is for any hypervisor: that of the zone, where it has one. */
async function onlyHypervisor(db: Queries, zone: Row<'data_center'>): Promise<string> {
  const rows = await db
    .selectFrom('cluster')
    .select('hypervisor_type')
    .distinct()
    .where('data_center_id', '=', zone.id)
    .where('removed', 'is', null)
    .execute()
  const [only, ...others] = rows
  if (only !== undefined && others.length === 0) return only.hypervisor_type
  throw apiFailure('api.parameter', 'hypervisor is needed to deploy from an ISO', {
    seen: rows.map((row) => row.hypervisor_type).join(', ') || `zone ${zone.name} has no cluster`,
  })
}

async function requireOffering(
  db: Queries,
  offering: Row<'service_offering'>,
  zone: Row<'data_center'>,
): Promise<void> {
  const fail = (text: string): Error =>
    virtualMachineFailure('virtual-machine.offering', text, {
      fix: 'Choose one of listServiceOfferings.',
      entities: [{ uuid: offering.uuid, description: 'service offering' }],
    })
  if (offering.system_use === 1) throw fail(`Service offering ${offering.name} is for system virtual machines`)
  if (offering.state !== 'Active') throw fail(`Service offering ${offering.name} is ${offering.state}`)
  const zones = ((await serviceOfferingDetails(db, [offering.id])).get(offering.id) ?? []).filter(
    (row) => row.name === 'zoneid',
  )
  if (zones.length > 0 && !zones.some((row) => Number(row.value) === zone.id)) {
    throw fail(`Service offering ${offering.name} is not offered in zone ${zone.name}`)
  }
}

/** Both forms of the map: `details[0].cpuNumber=2` and `details[0].key=cpuNumber&details[0].value=2`. */
function detailsOf(input: Input<Deploy>): Readonly<Record<string, string>> {
  const details: Record<string, string> = {}
  for (const item of input.details ?? []) {
    const { key, value, ...rest } = item
    if (key !== undefined && value !== undefined) details[key] = value
    else Object.assign(details, item)
    Object.assign(details, rest)
  }
  if (input.keyboard !== undefined) details.keyboard = input.keyboard
  return details
}

function rootBytes(
  askedGib: number | undefined,
  templateBytes: number,
  diskOffering: Row<'disk_offering'> | undefined,
  template: string,
): number {
  const asked = askedGib === undefined ? undefined : askedGib * GIB
  if (asked !== undefined && asked < templateBytes) {
    throw virtualMachineFailure(
      'virtual-machine.disk',
      `rootdisksize ${askedGib} GiB is smaller than template ${template} (${Math.ceil((templateBytes / GIB) * 100) / 100} GiB)`,
      { seen: `${asked} < ${templateBytes} bytes`, fix: 'Ask for more, or leave rootdisksize out.' },
    )
  }
  return asked ?? Math.max(templateBytes, diskOffering?.disk_size ?? 0)
}

/** The root disk of a guest that is installed from an ISO: diskofferingid says its size, or rootdisksize does. */
async function blankRoot(
  db: Queries,
  { ctx, input, entities }: DeployCall,
  offered: Row<'disk_offering'> | undefined,
): Promise<{ readonly bytes: number; readonly offering: Row<'disk_offering'> | undefined }> {
  const named = entities.diskofferingid
  if (named !== undefined) {
    await requireDiskOffering(db, named, entities.zoneid.id)
    return { bytes: await offeredBytes(db, ctx, named, input.size ?? input.rootdisksize), offering: named }
  }
  const bytes = input.rootdisksize === undefined ? (offered?.disk_size ?? 0) : input.rootdisksize * GIB
  if (bytes > 0) return { bytes, offering: offered }
  throw virtualMachineFailure(
    'virtual-machine.disk',
    'Installing from ISO requires a disk offering to be specified for the root disk.',
    {
      seen: 'neither diskofferingid nor rootdisksize, and the service offering has no size',
      fix: 'Send diskofferingid.',
    },
  )
}

async function nicWishes(db: Queries, call: DeployCall, account: Row<'account'>): Promise<readonly NicWish[]> {
  const { caller, input, entities } = call
  const zone = entities.zoneid
  const listed = input.iptonetworklist ?? []
  if (listed.length > 0 && (entities.networkids?.length ?? 0) > 0) {
    throw virtualMachineFailure('virtual-machine.network', 'networkids and iptonetworklist cannot be used together')
  }
  const wishes: NicWish[] = []
  for (const item of listed) {
    if (item.ipv6 !== undefined)
      throw virtualMachineFailure('virtual-machine.network', 'iptonetworklist: no IPv6 addresses in this version')
    const network = await db
      .selectFrom('networks')
      .selectAll()
      .where('uuid', '=', item.networkid ?? '')
      .where('removed', 'is', null)
      .executeTakeFirst()
    if (network === undefined) {
      throw apiFailure('api.parameter', `iptonetworklist: there is no network ${item.networkid}`)
    }
    if (!(await accessRules.Network.may(db, caller, network, 'use'))) {
      throw apiFailure('api.permission', `The caller may not use network ${network.name}`)
    }
    wishes.push({ network, ip: item.ip, mac: item.mac })
  }
  for (const network of entities.networkids ?? []) wishes.push({ network })
  if (wishes.length === 0) wishes.push({ network: await onlyNetwork(db, call, account) })
  const first = wishes[0]!
  wishes[0] = { network: first.network, ip: first.ip ?? input.ipaddress, mac: first.mac ?? input.macaddress }
  const seen = new Set<number>()
  for (const { network } of wishes) {
    if (network.data_center_id !== zone.id) {
      throw virtualMachineFailure('virtual-machine.network', `Network ${network.name} is not in zone ${zone.name}`)
    }
    if (network.traffic_type !== 'Guest') {
      throw virtualMachineFailure('virtual-machine.network', `Network ${network.name} is not for guests`)
    }
    if (seen.has(network.id)) {
      throw virtualMachineFailure('virtual-machine.network', `Network ${network.name} is named twice`)
    }
    seen.add(network.id)
  }
  return wishes
}

/** The one network that suits when none is named; several or none is an error that says so. */
async function onlyNetwork(
  db: Queries,
  { caller, entities }: DeployCall,
  account: Row<'account'>,
): Promise<Row<'networks'>> {
  const all = await db
    .selectFrom('networks')
    .selectAll()
    .where('data_center_id', '=', entities.zoneid.id)
    .where('traffic_type', '=', 'Guest')
    .where('removed', 'is', null)
    .limit(500)
    .execute()
  const usable: Row<'networks'>[] = []
  for (const network of all) {
    const suits = network.acl_type === 'Domain' || network.account_id === account.id
    if (suits && (await accessRules.Network.may(db, caller, network, 'use'))) usable.push(network)
  }
  const [only, ...others] = usable
  if (only !== undefined && others.length === 0) return only
  throw virtualMachineFailure(
    'virtual-machine.network',
    only === undefined
      ? `Zone ${entities.zoneid.name} has no network that account ${account.account_name} may use`
      : `Zone ${entities.zoneid.name} has ${usable.length} networks that suit: name them in networkids`,
    {
      seen: usable.map((network) => network.name).join(', ') || 'none',
      fix: only === undefined ? 'Create a network first.' : 'Send networkids.',
      entities: usable.slice(0, 20).map((network) => ({ uuid: network.uuid, description: network.name })),
    },
  )
}
