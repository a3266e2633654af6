import { hostRefusal, type Params } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import { DomainDeviceModifyFlags, type DomainRef } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { mutatingMethod } from '../journal/host-method.ts'
import { isLibvirtCode } from '../libvirt/libvirt.ts'
import { isoSource } from '../vm/build-domain.ts'
import { requireGuest } from '../vm/guest-disk.ts'
import { cdromBus, type IsoSource, isoDriveElement, isoDriveName } from '../xml/cdrom.ts'
import { find, findAll, parseXml } from '../xml/parse-xml.ts'

type Drive = { readonly machineType: string; readonly path: string | undefined }

export const vmCdrom = mutatingMethod('vm.cdrom', {
  run: (context, params) => context.guests(params.vm.instanceName, () => change(context, params)),
  // Changing to what is there already is success: a repeat does no harm.
  probe: async () => ({ effect: 'absent' }),
})

async function change(context: HostContext, params: Params<'vm.cdrom'>): Promise<Record<string, never>> {
  const { vm, iso, force } = params
  const domain = await requireGuest(context, vm)
  const drive = await driveOf(context, domain)
  if (drive === undefined) {
    throw hostRefusal(
      agentFailure('vm.cdrom', `The guest ${domain.name} has no CD drive`, {
        seen: 'it was started before guests had one, or an IDE disk has its place',
        fix: 'Stop and start it; move an IDE disk off device 2.',
      }),
    )
  }
  const wanted = iso === undefined ? undefined : await isoSource(context, iso)
  if (drive.path === wanted?.path) return {}
  await update(context, domain, drive.machineType, wanted, force)
  const now = await driveOf(context, domain)
  if (now?.path === wanted?.path) return {}
  throw agentFailure('vm.cdrom', 'libvirt says that it changed the disc, and lists another', {
    seen: now?.path ?? 'an empty drive',
  })
}

/** libvirt asks the guest to open the drive first; one that locked it answers no unless it is forced. */
async function update(
  context: HostContext,
  domain: DomainRef,
  machineType: string,
  wanted: IsoSource | undefined,
  force: boolean,
): Promise<void> {
  const flags = DomainDeviceModifyFlags.LIVE | (force ? DomainDeviceModifyFlags.FORCE : 0)
  try {
    await context.libvirt.use((client) =>
      client.domain.updateDevice(domain, isoDriveElement(wanted, machineType).text, flags, { timeoutMs: 50_000 }),
    )
  } catch (error) {
    if (!isLibvirtCode(error, 'OPERATION_FAILED', 'INTERNAL_ERROR', 'OPERATION_INVALID', 'CONFIG_UNSUPPORTED')) {
      throw error
    }
    throw hostRefusal(
      agentFailure('vm.cdrom', `The disc of ${domain.name} could not be changed: ${errorText(error)}`, {
        seen: errorText(error),
        cause: error,
      }),
    )
  }
}

/** The guest's drive for ISOs and what is in it. A config drive is another. */
async function driveOf(context: HostContext, domain: DomainRef): Promise<Drive | undefined> {
  const root = parseXml(await context.libvirt.use((client) => client.domain.getXmlDesc(domain)))
  const machineType = find(root, 'os/type')?.attributes.machine ?? ''
  const name = isoDriveName(cdromBus(machineType))
  const drive = findAll(root, 'devices/disk').find(
    (disk) => disk.attributes.device === 'cdrom' && find(disk, 'target')?.attributes.dev === name,
  )
  if (drive === undefined) return undefined
  const source = find(drive, 'source')?.attributes
  return { machineType, path: source?.file ?? source?.dev }
}
