import { hostRefusal } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import { find, findAll, parseXml, writeXml } from './parse-xml.ts'
import { type XmlText, xml } from './xml-text.ts'

/** Under emulation: the oldest 64-bit CPU, the same on every host. */
export const emulatedCpu: XmlText = xml`<cpu mode='custom' match='exact' check='none'>
  <model fallback='forbid'>qemu64</model>
</cpu>`

/**
 * The CPU for a first start with KVM: what libvirt's host-model resolves to on this host, written out, so that a later
 * start or a migration gives the guest the same one.
 */
export function resolveHostModel(domainCapabilities: string): XmlText {
  const mode = findAll(parseXml(domainCapabilities), 'cpu/mode').find((one) => one.attributes.name === 'host-model')
  const model = mode === undefined ? undefined : find(mode, 'model')
  if (mode === undefined || mode.attributes.supported !== 'yes' || model === undefined) {
    throw hostRefusal(agentFailure('vm.cpu', 'libvirt offers no host-model CPU on this host', { seen: 'host-model' }))
  }
  const vendor = find(mode, 'vendor')?.text
  const features = findAll(mode, 'feature').map(
    ({ attributes }) => xml`<feature policy='${attributes.policy ?? 'require'}' name='${attributes.name ?? ''}'/>`,
  )
  return xml`<cpu mode='custom' match='exact' check='partial'>
  <model fallback='forbid'>${model.text}</model>
  ${vendor !== undefined && xml`<vendor>${vendor}</vendor>`}
  ${features}
</cpu>`
}

/** libvirt's baseline of several hosts as the CPU of a guest: exactly that one, wherever it runs. */
export function commonCpu(baseline: string): XmlText {
  const root = parseXml(baseline)
  const model = find(root, 'model')
  if (root.name !== 'cpu' || model === undefined) throw new Error('libvirt answered no CPU model')
  const vendor = find(root, 'vendor')?.text
  const features = findAll(root, 'feature').map(
    ({ attributes }) => xml`<feature policy='${attributes.policy ?? 'require'}' name='${attributes.name ?? ''}'/>`,
  )
  return xml`<cpu mode='custom' match='exact' check='partial'>
  <model fallback='forbid'>${model.text}</model>
  ${vendor !== undefined && xml`<vendor>${vendor}</vendor>`}
  ${features}
</cpu>`
}

const allowedElements = new Set(['cpu', 'model', 'vendor', 'feature', 'topology', 'maxphysaddr', 'cache'])

/** A stored CPU, read and written anew: nothing but a CPU description passes. */
export function storedCpu(source: string): XmlText {
  try {
    const root = parseXml(source)
    if (root.name !== 'cpu') throw new Error(`<${root.name}> instead of <cpu>`)
    const check = (element: typeof root): void => {
      if (!allowedElements.has(element.name)) throw new Error(`<${element.name}> is not part of a CPU description`)
      element.children.forEach(check)
    }
    check(root)
    return writeXml(root)
  } catch (error) {
    throw hostRefusal(agentFailure('vm.cpu', 'The stored CPU of the guest cannot be read', { seen: errorText(error) }))
  }
}
