import { join } from 'node:path'
import type { DiskSpec } from '@altostack/agent-api'
import { type XmlText, xml } from './xml-text.ts'

/** A disk of the spec and what lies under it on the pool. */
export type DiskSource = DiskSpec & {
  /** Backing chain below the volume, nearest first; formats are given so that nothing is ever probed. */
  readonly backing: readonly { readonly path: string; readonly format: 'qcow2' | 'raw' }[]
}

const prefixes = { virtio: 'vd', scsi: 'sd', sata: 'sd', ide: 'hd' } as const

/** `vda` for the root disk, by bus and device id. */
export function targetName(bus: DiskSpec['bus'], deviceId: number): string {
  return `${prefixes[bus]}${String.fromCharCode(97 + deviceId)}`
}

export function diskElement(disk: DiskSource): XmlText {
  const discard = disk.format === 'qcow2' ? 'unmap' : undefined
  return xml`<disk type='file' device='disk'>
  <driver name='qemu' type='${disk.format}' cache='${disk.cache}'${discard !== undefined && xml` discard='${discard}'`}/>
  <source file='${join(disk.pool.path, disk.volumeUuid)}'>
    <seclabel model='dac' relabel='no'/>
  </source>
  ${backingElement(disk.backing)}
  <target dev='${targetName(disk.bus, disk.deviceId)}' bus='${disk.bus}'/>
  <serial>${disk.volumeUuid.replaceAll('-', '').slice(0, 20)}</serial>
  ${disk.deviceId === 0 && xml`<boot order='1'/>`}
</disk>`
}

function backingElement(chain: DiskSource['backing']): XmlText {
  const [first, ...rest] = chain
  if (first === undefined) return xml`<backingStore/>`
  return xml`<backingStore type='file'>
  <format type='${first.format}'/>
  <source file='${first.path}'>
    <seclabel model='dac' relabel='no'/>
  </source>
  ${backingElement(rest)}
</backingStore>`
}
