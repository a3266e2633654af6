import type { ResponseValue, virtualMachineResponse } from '@altostack/api'
import { Bug } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { type NicView, nicViews } from '../network/index.ts'
import { groupsOfVms, type SecurityGroupView } from '../security-group/index.ts'
import { type Stats, vmUsage } from '../stats/index.ts'
import { withTags } from '../tag/index.ts'
import { vmDetails } from './vm.repository.ts'
import { pendingJobs, type RootDisk, rootDisks, selectVmRows, type VmListRow } from './vm-list.repository.ts'

export type VmView = ResponseValue<typeof virtualMachineResponse>
export type VmViewOptions = {
  readonly withUserData?: boolean
  /** Groups of fields to fill (parameter `details`); all unless given. */
  readonly groups?: readonly string[]
  /** Where what running machines use comes from; nothing of it is shown without. */
  readonly stats?: Stats
}

/** Fields that are left out unless their group, or `all`, is asked for. */
const groupFields: Readonly<Record<string, readonly (keyof VmView)[]>> = {
  group: ['groupid', 'group'],
  nics: ['nic', 'ipaddress'],
  secgrp: ['securitygroup'],
  affgrp: ['affinitygroup'],
  iso: ['isoid', 'isoname', 'isodisplaytext'],
  tmpl: ['templateid', 'templatename', 'templatetype', 'templateformat', 'templatedisplaytext', 'passwordenabled'],
  servoff: ['serviceofferingid', 'serviceofferingname', 'cpunumber', 'cpuspeed', 'memory'],
  stats: [
    'cpuused',
    'networkkbsread',
    'networkkbswrite',
    'diskkbsread',
    'diskkbswrite',
    'diskioread',
    'diskiowrite',
    'memorykbs',
    'memoryintfreekbs',
    'memorytargetkbs',
  ],
  volume: ['rootdeviceid', 'rootdevicetype', 'pooltype'],
}

/** Drops the groups that were not asked for. */
function chosen(view: VmView, groups: readonly string[] | undefined): VmView {
  if (groups === undefined || groups.length === 0 || groups.includes('all')) return view
  const left = { ...view } as Record<string, unknown>
  for (const [group, fields] of Object.entries(groupFields)) {
    if (!groups.includes(group)) for (const field of fields) delete left[field]
  }
  return left
}

/** VMs as answers: a fixed number of queries, whatever the length of the page. */
export async function vmViews(db: Queries, ids: readonly number[], options: VmViewOptions = {}): Promise<VmView[]> {
  const rows = await selectVmRows(db, ids)
  // Side by side: a database of its own answers them at the same time.
  const [nics, disks, details, groups, guests, jobs] = await Promise.all([
    nicViews(db, ids, new Map(rows.map((row) => [row.id, row.uuid]))),
    rootDisks(db, ids),
    vmDetails(db, ids),
    vmGroupViews(db, ids),
    guestRows(db, ids),
    pendingJobs(db, 'VirtualMachine', ids),
  ])
  const views = rows.map((row) => ({
    ...chosen(
      {
        ...view(
          row,
          nics.get(row.id) ?? [],
          disks.get(row.id),
          details.get(row.id) ?? {},
          groups.get(row.id) ?? [],
          guests.get(row.id),
        ),
        ...usageOf(row, options.stats),
      },
      options.groups,
    ),
    ...(options.withUserData === true ? { userdata: row.user_data } : {}),
    ...(jobs.has(row.id) ? { jobid: jobs.get(row.id), jobstatus: 0 } : {}),
  }))
  return await withTags(db, views)
}

function usageOf(row: VmListRow, stats: Stats | undefined): VmView {
  const latest = row.state === 'Running' ? stats?.latest('vm', row.id) : undefined
  return latest === undefined ? {} : vmUsage(latest, row.ram_size)
}

type GuestRow = { readonly keypair_names: string | null }

async function guestRows(db: Queries, ids: readonly number[]): Promise<Map<number, GuestRow>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('vm_guest_data')
    .select(['vm_id', 'keypair_names'])
    .where('vm_id', 'in', [...ids])
    .execute()
  return new Map(rows.map((row) => [row.vm_id, row]))
}

/** The machine's groups by name; their rules are for listSecurityGroups. */
async function vmGroupViews(db: Queries, ids: readonly number[]): Promise<Map<number, SecurityGroupView[]>> {
  const groups = await groupsOfVms(db, ids)
  return new Map(
    [...groups].map(([vm, list]) => [
      vm,
      list.map(({ uuid, name, description }): SecurityGroupView => ({ id: uuid, name, description })),
    ]),
  )
}

export async function vmView(db: Queries, id: number): Promise<VmView> {
  const [found] = await vmViews(db, [id])
  if (found === undefined) throw new Bug('a virtual machine has no row to show', { vm: id })
  return found
}

function view(
  row: VmListRow,
  nics: readonly NicView[],
  disk: RootDisk | undefined,
  details: Readonly<Record<string, string>>,
  groups: readonly SecurityGroupView[],
  guest: GuestRow | undefined,
): VmView {
  return {
    id: row.uuid,
    name: row.name,
    displayname: row.display_name ?? row.name,
    account: row.account_name,
    userid: row.user_uuid,
    username: row.username,
    domainid: row.domain_uuid,
    domain: row.domain_name,
    domainpath: domainPath(row.domain_path),
    created: row.created,
    lastupdated: row.update_time,
    // What is expunged has no state of CloudStack's; only the job that expunged it still shows it.
    state: row.state === 'Expunged' ? 'Expunging' : row.state,
    haenable: row.ha_enabled === 1,
    groupid: row.group_uuid,
    group: row.group_name,
    zoneid: row.zone_uuid,
    zonename: row.zone_name,
    hostid: row.host_uuid,
    hostname: row.host_name,
    hostcontrolstate: controlState(row.host_status, row.host_resource_state),
    templateid: row.template_uuid,
    templatename: row.template_name,
    templatetype: row.template_type,
    templateformat: row.template_format,
    templatedisplaytext: row.template_text,
    passwordenabled: row.enable_password === 1,
    isoid: row.iso_uuid,
    isoname: row.iso_name,
    isodisplaytext: row.iso_text,
    serviceofferingid: row.offering_uuid,
    serviceofferingname: row.offering_name,
    forvirtualnetwork: false,
    cpunumber: row.cpu,
    cpuspeed: row.speed,
    memory: row.ram_size,
    guestosid: row.guest_os_uuid,
    ostypeid: row.guest_os_uuid,
    osdisplayname: row.guest_os_name,
    rootdeviceid: disk?.deviceId ?? 0,
    rootdevicetype: 'ROOT',
    pooltype: disk?.poolType,
    securitygroup: [...groups],
    keypairs: guest?.keypair_names || undefined,
    keypair: guest?.keypair_names?.split(',')[0] || undefined,
    affinitygroup: [],
    nic: nics,
    ipaddress: nics.find((nic) => nic.isdefault === true)?.ipaddress,
    hypervisor: row.hypervisor_type,
    instancename: row.instance_name,
    details,
    displayvm: row.display_vm === 1,
    isdynamicallyscalable: row.dynamically_scalable === 1,
    deleteprotection: row.delete_protection === 1,
    bootmode: 'LEGACY',
    boottype: row.boot_mode,
    arch: row.arch,
  }
}

/** `/a/b/` as CloudStack shows it: ROOT/a/b. */
function domainPath(path: string | null): string | null {
  return path === null ? null : `ROOT${path.replace(/\/$/, '')}`
}

/** Whether the VM's host can be told something now. */
function controlState(status: string | null, resourceState: string | null): string | null {
  if (status === null) return null
  if (status !== 'Up') return 'Offline'
  if (resourceState === 'Enabled') return 'Enabled'
  return resourceState === 'Disabled' ? 'Disabled' : 'Maintenance'
}
