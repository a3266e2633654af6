import type { Result } from '@altostack/agent-api'
import type { DomainRef } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { stateWord } from '../libvirt/words.ts'
import { type GuestMark, readMark } from '../xml/metadata.ts'
import { find, parseXml, writeXml, type XmlElement } from '../xml/parse-xml.ts'

export type RunningGuest = Result<'vm.start'> & { readonly mark: GuestMark | undefined }

/** What a start answers, read from the live domain. */
export async function readRunning(context: HostContext, domain: DomainRef): Promise<RunningGuest> {
  const [text, { state }] = await context.libvirt.use((client) =>
    Promise.all([client.domain.getXmlDesc(domain), client.domain.getState(domain)]),
  )
  const root = parseXml(text)
  return {
    vncPort: vncPort(root) ?? 0,
    machineType: find(root, 'os/type')?.attributes.machine ?? '',
    cpuXml: storedCpuOf(root),
    acceleration: root.attributes.type === 'kvm' ? 'kvm' : 'tcg',
    state: stateWord(state),
    mark: readMark(root),
  }
}

export function vncPort(domain: XmlElement): number | undefined {
  const devices = find(domain, 'devices')
  const vnc = devices?.children.find((one) => one.name === 'graphics' && one.attributes.type === 'vnc')
  const port = Number(vnc?.attributes.port)
  return port > 0 ? port : undefined
}

/**
 * The CPU to start with next time and elsewhere. libvirt's live form says check='full', which demands exactly what QEMU
 * made of it; under emulation that differs by QEMU's build, so the emulated CPU is kept as it was asked for.
 */
function storedCpuOf(domain: XmlElement): string {
  const cpu = find(domain, 'cpu')
  if (cpu === undefined) return ''
  if (domain.attributes.type === 'kvm') return writeXml(cpu).text
  const model = find(cpu, 'model')
  const kept: XmlElement = {
    name: 'cpu',
    attributes: { mode: 'custom', match: 'exact', check: 'none' },
    children: model === undefined ? [] : [{ ...model, attributes: { fallback: 'forbid' } }],
    text: '',
  }
  return writeXml(kept).text
}
