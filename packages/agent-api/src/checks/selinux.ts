import { nfsPools } from './check-subject.ts'
import { defineCheck, ok, shell, warn } from './define-check.ts'

const script = [
  'PATH=$PATH:/usr/sbin:/sbin',
  'mode=$(getenforce 2>/dev/null) || mode=$(cat /sys/fs/selinux/enforce 2>/dev/null) || mode=none',
  'echo "mode $mode"; getsebool virt_use_nfs 2>/dev/null',
  'test "$mode" != none && ausearch -m AVC -ts recent 2>/dev/null | grep -aE "qemu|libvirt|dnsmasq|altostack" | tail -n 3; true',
].join('\n')

/** Enforcing is right, permissive is accepted, and nothing here ever switches it off. */
export const selinuxCheck = defineCheck({
  name: 'selinux',
  proves: 'SELinux, where it is, lets guests use their storage; it is never switched off.',
  code: 'check.selinux',
  at: ['join', 'doctor'],
  seenBy: 'host',
  repair: 'selinux-nfs',
  args: () => shell(script),
  judge(end, subject) {
    const word = /^mode (\S+)/m.exec(end.stdout)?.[1]?.toLowerCase() ?? 'none'
    const mode = word === '1' ? 'enforcing' : word === '0' ? 'permissive' : word
    if (mode === 'none' || mode === 'disabled')
      return ok(mode === 'none' ? 'there is no SELinux on this host' : 'disabled')
    if (mode === 'permissive') return ok('permissive: accepted; enforcing works, too')
    const denied = end.stdout.split('\n').find((line) => line.includes('avc:'))
    if (nfsPools(subject).length > 0 && /virt_use_nfs --> off/.test(end.stdout)) {
      return { status: 'fail', seen: 'enforcing, and virt_use_nfs is off: guests cannot open disks on NFS' }
    }
    if (denied !== undefined)
      return warn(
        `enforcing; it denied: ${denied.trim().slice(0, 200)}`,
        'ausearch -m AVC | audit2why explains it; leave SELinux on.',
      )
    return ok('enforcing')
  },
})
