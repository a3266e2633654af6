import { splitVersion } from '@altostack/libvirt'
import { type Check, failed, passed } from './check.ts'

export const libvirtdCheck: Check = {
  name: 'libvirtd',
  async run({ libvirt }) {
    if (!libvirt.up()) return failed('libvirtd', 'fail', libvirt.seen())
    try {
      const version = await libvirt.use((client) => client.host.getLibVersion({ timeoutMs: 5000 }))
      return passed('libvirtd', `libvirt ${splitVersion(version).join('.')} at ${libvirt.uri}`)
    } catch (error) {
      return failed('libvirtd', 'fail', error instanceof Error ? error.message : String(error))
    }
  },
}
