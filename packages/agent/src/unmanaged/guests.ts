import type { UnmanagedGuest } from '@altostack/agent-api'
import { errorText } from '@altostack/core'
import { type DomainRef, DomainState, isLibvirtError } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { inspectFile } from '../storage/directory-driver.ts'
import { find, findAll, parseXml, writeXml, type XmlElement } from '../xml/parse-xml.ts'

/** Every guest of the host, or the one of the name, with what it is made of. */
export async function unmanagedGuests(context: HostContext, name?: string): Promise<UnmanagedGuest[]> {
  const domains = await context.libvirt.use((client) => client.host.listAllDomains())
  const wanted = domains.filter((domain) => name === undefined || domain.name === name)
  const guests = await Promise.all(wanted.map((domain) => describe(context, domain)))
  return guests.filter((guest) => guest !== undefined)
}

async function describe(context: HostContext, domain: DomainRef): Promise<UnmanagedGuest | undefined> {
  let text: string
  let state: number
  try {
    ;[text, { state }] = await context.libvirt.use((client) =>
      Promise.all([client.domain.getXmlDesc(domain), client.domain.getState(domain)]),
    )
  } catch (error) {
    if (isLibvirtError(error, 'NO_DOMAIN')) return undefined
    throw error
  }
  const root = parseXml(text)
  const type = find(root, 'os/type')
  const cpu = find(root, 'cpu')
  const os = find(root, 'os')
  const uefi = os?.attributes.firmware === 'efi' || find(root, 'os/loader')?.attributes.type === 'pflash'
  const off = state === DomainState.SHUTOFF || state === DomainState.CRASHED
  return {
    name: domain.name,
    uuid: domain.uuid,
    power: off ? 'PowerOff' : 'PowerOn',
    cpus: Number(find(root, 'vcpu')?.text ?? 1),
    memoryBytes: memoryOf(find(root, 'memory')),
    architecture: type?.attributes.arch ?? '',
    machineType: type?.attributes.machine ?? '',
    cpuXml: cpu === undefined ? '' : writeXml(cpu).text,
    bootMode: uefi ? 'UEFI' : 'BIOS',
    lastGeneration: lastGeneration(context, domain),
    disks: await disksOf(root),
    nics: findAll(root, 'devices/interface').map((nic) => ({
      mac: find(nic, 'mac')?.attributes.address?.toLowerCase() ?? '',
      model: find(nic, 'model')?.attributes.type ?? '',
      bridge: find(nic, 'source')?.attributes.bridge ?? find(nic, 'source')?.attributes.network ?? '',
      tap: find(nic, 'target')?.attributes.dev ?? '',
    })),
  }
}

function lastGeneration(context: HostContext, { name, uuid }: DomainRef): number {
  const row = context.database.prepare('SELECT generation FROM vm WHERE instance = ? AND uuid = ?').get(name, uuid) as
    | { generation: number }
    | undefined
  return row?.generation ?? 0
}

const units: Readonly<Record<string, number>> = { b: 1, bytes: 1, KiB: 1024, k: 1024, MiB: 1 << 20, GiB: 1 << 30 }

function memoryOf(element: XmlElement | undefined): number {
  return Number(element?.text ?? 0) * (units[element?.attributes.unit ?? 'KiB'] ?? 1024)
}

/** Disks that keep data: CD-ROMs and floppies are not among them. */
async function disksOf(root: XmlElement): Promise<UnmanagedGuest['disks']> {
  const disks = findAll(root, 'devices/disk').filter(({ attributes }) => (attributes.device ?? 'disk') === 'disk')
  return await Promise.all(
    disks.map(async (disk) => {
      const target = find(disk, 'target')?.attributes
      const source = find(disk, 'source')?.attributes
      const path = source?.file ?? source?.dev ?? source?.name ?? ''
      const format = find(disk, 'driver')?.attributes.type ?? 'raw'
      return { target: target?.dev ?? '', bus: target?.bus ?? '', path, format, ...(await sizesOf(path, format)) }
    }),
  )
}

async function sizesOf(path: string, format: string): Promise<Partial<UnmanagedGuest['disks'][number]>> {
  if (!path.startsWith('/') || path.startsWith('/dev/')) return { seen: `${path || 'no source'} is not a file` }
  if (format !== 'qcow2' && format !== 'raw') return { seen: `the format ${format} is not qcow2 or raw` }
  try {
    const found = await inspectFile(path, format)
    if (found === undefined) return { seen: 'no such file' }
    const { sizeBytes, physicalBytes, backing } = found
    return { sizeBytes, physicalBytes, ...(backing === undefined ? {} : { backing: backing.name }) }
  } catch (error) {
    return { seen: errorText(error) }
  }
}
