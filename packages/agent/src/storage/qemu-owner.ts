import type { HostContext } from '../host-context.ts'
import { find, findAll, parseXml } from '../xml/parse-xml.ts'

export type Owner = { readonly uid: number; readonly gid: number }

/**
 * As whom this host's QEMU runs, from libvirt's own word. Images get this owner once, when they are made; libvirt is told
 * not to change it, because on a shared directory it would take the disk from a guest that has moved.
 */
export async function qemuOwner(context: HostContext): Promise<Owner> {
  const capabilities = parseXml(await context.libvirt.use((client) => client.host.getCapabilities()))
  for (const model of findAll(capabilities, 'host/secmodel')) {
    if (find(model, 'model')?.text !== 'dac') continue
    const label = findAll(model, 'baselabel')[0]?.text ?? ''
    const match = /^\+?(\d+):\+?(\d+)$/.exec(label)
    if (match !== null) return { uid: Number(match[1]), gid: Number(match[2]) }
  }
  return { uid: 0, gid: 0 }
}
