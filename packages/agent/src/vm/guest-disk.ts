import { hostRefusal, type PoolRef, type VmToken } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { DomainRef } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { imagePath } from '../storage/volumes.ts'
import { find, findAll, parseXml, type XmlElement } from '../xml/parse-xml.ts'

/** A disk of a running guest: its element, its target such as `vdb` and its bus. */
export type GuestDisk = { readonly element: XmlElement; readonly target: string; readonly bus: string }

/** The guest that is meant; refuses when another or none runs under the name. */
export async function requireGuest(context: HostContext, vm: VmToken): Promise<DomainRef> {
  const domain = await context.libvirt.find(vm.instanceName)
  if (domain?.uuid === vm.uuid) return domain
  throw hostRefusal(
    agentFailure('vm.absent', `No guest ${vm.instanceName} runs here`, {
      seen: domain === undefined ? 'no such guest' : `another guest, ${domain.uuid}`,
    }),
  )
}

/** All disks of the guest, by the file that each is on. */
export async function guestDisks(context: HostContext, domain: DomainRef): Promise<ReadonlyMap<string, GuestDisk>> {
  const root = parseXml(await context.libvirt.use((client) => client.domain.getXmlDesc(domain)))
  const disks = new Map<string, GuestDisk>()
  for (const element of findAll(root, 'devices/disk')) {
    const source = find(element, 'source')?.attributes
    const file = source?.file ?? source?.dev
    const target = find(element, 'target')?.attributes
    if (file !== undefined) disks.set(file, { element, target: target?.dev ?? '', bus: target?.bus ?? '' })
  }
  return disks
}

/** The disk that has this volume; undefined when the guest has it not. */
export async function guestDisk(
  context: HostContext,
  domain: DomainRef,
  pool: PoolRef,
  volumeUuid: string,
): Promise<GuestDisk | undefined> {
  return (await guestDisks(context, domain)).get(imagePath(pool, volumeUuid))
}

export async function requireGuestDisk(
  context: HostContext,
  domain: DomainRef,
  pool: PoolRef,
  volumeUuid: string,
): Promise<GuestDisk> {
  const disk = await guestDisk(context, domain, pool, volumeUuid)
  if (disk !== undefined) return disk
  throw hostRefusal(
    agentFailure('volume.absent', `The guest ${domain.name} does not have the volume ${volumeUuid}`, {
      seen: imagePath(pool, volumeUuid),
    }),
  )
}
