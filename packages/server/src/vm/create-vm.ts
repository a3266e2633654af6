import { apiFailure } from '@altostack/core'
import { requireWithinLimits } from '../account/resource-limits.ts'
import type { Caller } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { ensureInstanceGroup } from '../instance-group/index.ts'
import { allocateNic } from '../network/index.ts'
import { insertVolume } from '../volume/index.ts'
import type { DeployRequest } from './deploy-request.ts'
import { writeGuestChoices } from './guest-choices.ts'
import { insertVm, replaceVmDetails, requireVm, updateVmColumns } from './vm.repository.ts'
import type { VirtualMachine } from './vm.states.ts'
import { vncPurpose } from './vm-spec.ts'

export type VmWishes = {
  readonly displayName: string | undefined
  readonly group: string | undefined
  readonly displayVm: boolean
  readonly dynamicallyScalable: boolean | undefined
  readonly customId: string | undefined
}

/** Writes the rows of a new VM, Stopped: itself, its root volume (a plan, no file), its NICs with their addresses. */
export async function createVm(
  tx: Tx,
  ctx: ServerContext,
  caller: Caller,
  request: DeployRequest,
  wishes: VmWishes,
): Promise<VirtualMachine> {
  const { account, zone, template, offering, size } = request
  await requireWithinLimits(tx, ctx, account, {
    vms: 1,
    cpus: size.cpu,
    memory: size.ramSize,
    volumes: 1 + request.dataDisks.length,
    diskBytes: request.rootBytes + request.dataDisks.reduce((sum, disk) => sum + disk.bytes, 0),
  })
  if (wishes.group !== undefined) {
    const owner = { accountId: account.id, domainId: account.domain_id }
    await ensureInstanceGroup(tx, ctx, owner, wishes.group)
  }
  const now = ctx.runtime.now()
  const uuid = wishes.customId === undefined ? ctx.runtime.uuid() : requireUuid(wishes.customId)
  const name = request.name ?? `VM-${uuid}`
  const vmId = await insertUnique(wishes.customId, () =>
    insertVm(tx, {
      uuid,
      name,
      display_name: wishes.displayName ?? name,
      // The id is part of it, so it follows at once.
      instance_name: uuid,
      state: 'Stopped',
      account_id: account.id,
      domain_id: account.domain_id,
      user_id: caller.userId,
      data_center_id: zone.id,
      service_offering_id: offering.id,
      vm_template_id: template.id,
      iso_id: request.iso ? template.id : null,
      guest_os_id: template.guest_os_id,
      hypervisor_type: request.hypervisor,
      arch: template.arch,
      ha_enabled: offering.ha_enabled,
      limit_cpu_use: offering.limit_cpu_use,
      display_vm: wishes.displayVm ? 1 : 0,
      dynamically_scalable: (wishes.dynamicallyScalable ?? template.dynamically_scalable === 1) ? 1 : 0,
      cpu: size.cpu,
      speed: size.speed,
      ram_size: size.ramSize,
      vnc_password: ctx.secrets.seal(vncPurpose, vncPassword(ctx)),
      user_data: request.guest.userData,
      instance_group: wishes.group ?? null,
      created: now,
      update_time: now,
    }),
  )
  await updateVmColumns(tx, vmId, {
    instance_name: `i-${account.id}-${vmId}-${await ctx.config.text('instance.name', {}, tx)}`,
  })
  const vm = await requireVm(tx, vmId)
  if (Object.keys(request.details).length > 0) await replaceVmDetails(tx, vmId, request.details)
  await insertVolume(tx, {
    uuid: ctx.runtime.uuid(),
    name: `ROOT-${vmId}`,
    account_id: account.id,
    domain_id: account.domain_id,
    instance_id: vmId,
    device_id: 0,
    data_center_id: zone.id,
    volume_type: 'ROOT',
    state: 'Allocated',
    disk_offering_id: request.diskOffering?.id ?? null,
    template_id: request.iso ? null : template.id,
    size: request.rootBytes,
    // Overlays are QCOW2 whatever the template's own format is.
    format: 'QCOW2',
    provisioning_type: request.diskOffering?.provisioning_type ?? 'thin',
    display_volume: 1,
    attached: now,
    created: now,
    updated: now,
  })
  for (const disk of request.dataDisks) {
    await insertVolume(tx, {
      uuid: ctx.runtime.uuid(),
      name: `DATA-${vmId}`,
      account_id: account.id,
      domain_id: account.domain_id,
      instance_id: vmId,
      device_id: disk.deviceId,
      data_center_id: zone.id,
      volume_type: 'DATADISK',
      state: 'Allocated',
      disk_offering_id: disk.offering.id,
      size: disk.bytes,
      format: 'QCOW2',
      provisioning_type: disk.offering.provisioning_type,
      display_volume: 1,
      attached: now,
      created: now,
      updated: now,
    })
  }
  for (const [deviceId, { network, ip, mac }] of request.nics.entries()) {
    await allocateNic(tx, ctx, {
      vm,
      network,
      deviceId,
      isDefault: deviceId === 0,
      ipAddress: ip,
      macAddress: mac,
    })
  }
  await writeGuestChoices(tx, ctx, vm, request.guest)
  return vm
}

function requireUuid(text: string): string {
  const uuid = text.toLowerCase()
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) return uuid
  throw apiFailure('api.parameter', `customid is not a UUID: ${text}`, { seen: text })
}

async function insertUnique(customId: string | undefined, insert: () => Promise<number>): Promise<number> {
  try {
    return await insert()
  } catch (error) {
    if (customId === undefined || !isUniqueViolation(error)) throw error
    throw apiFailure('api.parameter', `customid ${customId} is in use`, { seen: customId, cause: error })
  }
}

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'

/** VNC knows eight characters. */
function vncPassword(ctx: ServerContext): string {
  return [...ctx.runtime.randomBytes(8)].map((byte) => letters[byte % letters.length]).join('')
}
