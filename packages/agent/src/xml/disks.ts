import type { DiskSpec } from '@altostack/agent-api'
import { XmlText, xml } from './xml-text.ts'

/** A disk of the spec and where it and what lies under it are on this host. */
export type DiskSource = DiskSpec & {
  readonly kind: 'file' | 'block'
  readonly path: string
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
  return xml`<disk type='${disk.kind}' device='disk'>
  <driver name='qemu' type='${disk.format}' cache='${disk.cache}'${discard !== undefined && xml` discard='${discard}'`}/>
  ${sourceElement(disk.kind, disk.path)}
  ${backingElement(disk.kind, disk.backing)}
  <target dev='${targetName(disk.bus, disk.deviceId)}' bus='${disk.bus}'/>
  ${limitsElement(disk.limits)}
  <serial>${disk.volumeUuid.replaceAll('-', '').slice(0, 20)}</serial>
  ${disk.deviceId === 0 && xml`<boot order='2'/>`}
</disk>`
}

/**
 * A file's owner is set once, when it is made; libvirt must not change it, because on shared storage it would take the
 * disk from a guest that has moved. A device node is this host's own, so libvirt may.
 */
export function sourceElement(kind: DiskSource['kind'], path: string): XmlText {
  if (kind === 'block') return xml`<source dev='${path}'/>`
  return xml`<source file='${path}'>
  <seclabel model='dac' relabel='no'/>
</source>`
}

/** Names are from the contract's closed list, values whole numbers. */
function limitsElement(limits: DiskSpec['limits']): XmlText | false {
  const entries = Object.entries(limits ?? {})
  if (entries.length === 0) return false
  return new XmlText(
    ['<iotune>', ...entries.map(([name, value]) => `  <${name}>${value}</${name}>`), '</iotune>'].join('\n'),
  )
}

function backingElement(kind: DiskSource['kind'], chain: DiskSource['backing']): XmlText {
  const [first, ...rest] = chain
  if (first === undefined) return xml`<backingStore/>`
  return xml`<backingStore type='${kind}'>
  <format type='${first.format}'/>
  ${sourceElement(kind, first.path)}
  ${backingElement(kind, rest)}
</backingStore>`
}
