import type { Params } from '@altostack/agent-api'
import { type DomainRef, DomainXMLFlags, type LibvirtClient } from '@altostack/libvirt'
import { isConfigDrive } from '../config-drive/config-drive.ts'
import type { HostContext } from '../host-context.ts'
import { imagePath } from '../storage/volumes.ts'
import { sourceElement } from '../xml/disks.ts'
import { find, findAll, parseXml, writeXml, type XmlElement } from '../xml/parse-xml.ts'
import { destinationSource } from './receive-disks.ts'

/**
 * The guest as the destination shall have it, where the bridges of its VLANs or its config drive have other names there,
 * or disks go along to other places. Empty where all is the same.
 */
export async function asItIsThere(
  context: HostContext,
  own: LibvirtClient,
  domain: DomainRef,
  { bridges = {}, configDrive, copies = [] }: Params<'vm.migration.start'>,
): Promise<{ destXml?: string }> {
  const { MIGRATABLE, SECURE } = DomainXMLFlags
  const root = parseXml(await own.domain.getXmlDesc(domain, MIGRATABLE | SECURE))
  let moved = false
  const point = (device: XmlElement, name: 'bridge' | 'file', wanted: string | undefined): void => {
    const source = device.children.findIndex((child) => child.name === 'source')
    const at = device.children[source]
    if (wanted === undefined || at === undefined || at.attributes[name] === wanted) return
    device.children[source] = { ...at, attributes: { ...at.attributes, [name]: wanted } }
    moved = true
  }
  for (const nic of findAll(root, 'devices/interface')) {
    point(nic, 'bridge', bridges[find(nic, 'mac')?.attributes.address?.toLowerCase() ?? ''])
  }
  for (const disk of findAll(root, 'devices/disk')) {
    if (isConfigDrive(context, find(disk, 'source')?.attributes.file ?? '')) point(disk, 'file', configDrive)
  }
  for (const copy of copies) {
    const here = imagePath(copy.from, copy.volumeUuid)
    const devices = find(root, 'devices')
    const at = devices?.children.findIndex((one) => one.name === 'disk' && fileOf(one) === here) ?? -1
    const disk = devices?.children[at]
    if (devices === undefined || disk === undefined) continue
    const { kind, path } = destinationSource(copy)
    // The image there is whole: nothing lies under it.
    const kept = disk.children.filter(({ name }) => name !== 'source' && name !== 'backingStore')
    devices.children[at] = {
      ...disk,
      attributes: { ...disk.attributes, type: kind },
      children: [...kept, parseXml(sourceElement(kind, path).text)],
    }
    moved = true
  }
  return moved ? { destXml: writeXml(root).text } : {}
}

function fileOf(disk: XmlElement): string | undefined {
  const source = find(disk, 'source')?.attributes
  return source?.file ?? source?.dev
}
