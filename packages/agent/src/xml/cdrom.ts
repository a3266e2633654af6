import type { DiskSpec } from '@altostack/agent-api'
import { sourceElement, targetName } from './disks.ts'
import { type XmlText, xml } from './xml-text.ts'

/** A CD-ROM drive of a guest: the fourth of its disks holds the config drive, as CloudStack numbers them. */
export type Cdrom = { readonly deviceId: 3; readonly path: string }

/** Where the machine has CD-ROM drives: IDE on i440fx, SATA on q35, SCSI on machines without either. */
export function cdromBus(machineType: string): 'ide' | 'sata' | 'scsi' {
  if (machineType.startsWith('pc-q35') || machineType === 'q35') return 'sata'
  return machineType.startsWith('pc') ? 'ide' : 'scsi'
}

export function cdromElement(drive: Cdrom, machineType: string): XmlText {
  const bus = cdromBus(machineType)
  const name = `${bus === 'ide' ? 'hd' : 'sd'}${String.fromCharCode(97 + drive.deviceId)}`
  return xml`<disk type='file' device='cdrom'>
  <driver name='qemu' type='raw'/>
  ${sourceElement('file', drive.path)}
  <target dev='${name}' bus='${bus}'/>
  <readonly/>
</disk>`
}

/** Where an ISO's copy is on this host. */
export type IsoSource = { readonly kind: 'file' | 'block'; readonly path: string }
type Bus = ReturnType<typeof cdromBus>

/** The drive for ISOs: the third on IDE, as CloudStack has it; elsewhere a name that no other disk gets. */
export function isoDriveName(bus: Bus): string {
  return bus === 'ide' ? 'hdc' : 'sdz'
}

/** An IDE disk may have the drive's place: that guest has none. */
export function hasIsoDrive(disks: readonly Pick<DiskSpec, 'bus' | 'deviceId'>[], machineType: string): boolean {
  return !disks.some((disk) => targetName(disk.bus, disk.deviceId) === isoDriveName(cdromBus(machineType)))
}

/** Beside the disks of its controller, which are numbered from 0. */
const driveUnit: Readonly<Record<Exclude<Bus, 'ide'>, number>> = { sata: 5, scsi: 25 }

/**
 * The drive for ISOs, with or without a disc. A running guest cannot be given a drive, only another disc: so each has
 * one. It comes first in the boot order; firmware passes an empty drive and a disc that does not boot.
 */
export function isoDriveElement(source: IsoSource | undefined, machineType: string): XmlText {
  const bus = cdromBus(machineType)
  return xml`<disk type='${source?.kind ?? 'file'}' device='cdrom'>
  <driver name='qemu' type='raw' cache='none'/>
  ${source !== undefined && sourceElement(source.kind, source.path)}
  <target dev='${isoDriveName(bus)}' bus='${bus}'/>
  <readonly/>
  <boot order='1'/>
  ${bus !== 'ide' && xml`<address type='drive' controller='0' bus='0' target='0' unit='${driveUnit[bus]}'/>`}
</disk>`
}
