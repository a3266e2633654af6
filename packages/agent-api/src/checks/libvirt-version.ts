import { defineCheck, fail, ok, shell, warn } from './define-check.ts'

const script = [
  'PATH=$PATH:/usr/sbin:/sbin',
  'echo "libvirt $( (libvirtd --version || virtqemud --version) 2>/dev/null | head -n 1)"',
  'echo "qemu $( (qemu-system-x86_64 --version || qemu-system-aarch64 --version) 2>/dev/null | head -n 1)"',
].join('\n')
/** The oldest that the agent is tested with. */
const oldest = [9, 0] as const

/** The first `a.b.c` of a text. */
export function versionIn(text: string): string | undefined {
  return /\d+\.\d+(?:\.\d+)?/.exec(text)?.[0]
}

export const libvirtVersionCheck = defineCheck({
  name: 'libvirt-version',
  proves: "The versions of libvirt and QEMU are those of the cluster's other hosts.",
  code: 'check.libvirt-version',
  at: ['join', 'doctor'],
  seenBy: 'host',
  args: () => shell(script),
  judge(end, { peers }) {
    const of = (name: string): string | undefined =>
      versionIn(
        end.stdout
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.slice(name.length) ?? '',
      )
    const [libvirt, qemu] = [of('libvirt'), of('qemu')]
    if (libvirt === undefined)
      return warn('libvirt is not installed yet: its version is not known', 'The agent package brings it.')
    const seen = `libvirt ${libvirt}, QEMU ${qemu ?? 'not installed'}`
    const [major = 0, minor = 0] = libvirt.split('.').map(Number)
    if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
      return fail(
        `${seen}; the oldest that works is ${oldest.join('.')}`,
        `Upgrade libvirt to ${oldest.join('.')} or newer.`,
      )
    }
    const other = peers.find(
      (peer) => differs(peer.libvirt, libvirt) || (qemu !== undefined && differs(peer.qemu, qemu)),
    )
    if (other === undefined) return ok(peers.length === 0 ? seen : `${seen}, as the cluster`)
    return warn(`${seen}; ${other.name} of the same cluster has libvirt ${other.libvirt}, QEMU ${other.qemu}`)
  },
})

/** Other major or minor; an unknown one differs from nothing. */
function differs(one: string, other: string): boolean {
  const short = (version: string): string => version.split('.').slice(0, 2).join('.')
  return one !== '' && short(one) !== short(other)
}
