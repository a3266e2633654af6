import { hostRefusal, type Params, type Result } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import { DomainDeviceModifyFlags, type DomainRef } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { mutatingMethod } from '../journal/host-method.ts'
import { isLibvirtCode } from '../libvirt/libvirt.ts'
import { driverOf } from '../storage/drivers.ts'
import { diskSource } from '../vm/build-domain.ts'
import { guestDisk, requireGuest } from '../vm/guest-disk.ts'
import { diskElement } from '../xml/disks.ts'
import { findAll, parseXml } from '../xml/parse-xml.ts'

type Attached = Result<'volume.attach'>

export const volumeAttach = mutatingMethod('volume.attach', {
  run: (context, params) => context.guests(params.vm.instanceName, () => attach(context, params)),
  async probe(context, params) {
    const present = await attached(context, params)
    return present === undefined ? { effect: 'absent' } : { effect: 'done', result: present }
  },
})

async function attach(context: HostContext, params: Params<'volume.attach'>): Promise<Attached> {
  const { disk } = params
  const domain = await requireGuest(context, params.vm)
  const present = await attached(context, params)
  if (present !== undefined) return present
  if (disk.bus === 'ide' || disk.bus === 'sata') {
    throw hostRefusal(agentFailure('volume.hotplug', `A disk on ${disk.bus} cannot be plugged into a running guest`))
  }
  await context.pools.use(disk.pool, () => driverOf(disk.pool).activate(context, disk.pool, disk.volumeUuid))
  const source = await diskSource(context, disk)
  if (disk.bus === 'scsi') await ensureScsi(context, domain)
  try {
    await context.libvirt.use((client) =>
      client.domain.attachDevice(domain, diskElement(source).text, DomainDeviceModifyFlags.LIVE, { timeoutMs: 60_000 }),
    )
  } catch (error) {
    const raced = await attached(context, params)
    if (raced !== undefined) return raced
    // libvirt takes its own half steps back: the guest has not got the disk.
    if (
      !isLibvirtCode(
        error,
        'OPERATION_FAILED',
        'INTERNAL_ERROR',
        'CONFIG_UNSUPPORTED',
        'XML_ERROR',
        'OPERATION_INVALID',
      )
    ) {
      throw error
    }
    throw hostRefusal(
      agentFailure('agent.libvirt', `The disk could not be plugged in: ${errorText(error)}`, {
        seen: errorText(error),
        cause: error,
      }),
    )
  }
  const done = await attached(context, params)
  if (done === undefined) {
    throw agentFailure('agent.libvirt', 'libvirt says that it plugged the disk in, and does not list it')
  }
  return done
}

async function attached(context: HostContext, params: Params<'volume.attach'>): Promise<Attached | undefined> {
  const domain = await context.libvirt.find(params.vm.instanceName)
  if (domain?.uuid !== params.vm.uuid) return undefined
  const found = await guestDisk(context, domain, params.disk.pool, params.disk.volumeUuid)
  return found === undefined ? undefined : { device: found.target }
}

/** A guest that had no SCSI disk has no controller for one; libvirt would add one that few guests know. */
async function ensureScsi(context: HostContext, domain: DomainRef): Promise<void> {
  const root = parseXml(await context.libvirt.use((client) => client.domain.getXmlDesc(domain)))
  if (findAll(root, 'devices/controller').some((one) => one.attributes.type === 'scsi')) return
  await context.libvirt.use((client) =>
    client.domain.attachDevice(
      domain,
      "<controller type='scsi' index='0' model='virtio-scsi'/>",
      DomainDeviceModifyFlags.LIVE,
    ),
  )
}
