import { sourceElement } from './disks.ts'
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
