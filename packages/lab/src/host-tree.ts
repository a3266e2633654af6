import type { HostKind } from './lab-state.ts'
import { leanInit, leanInitPath } from './lean-init.ts'
import { storageFiles } from './storage-tree.ts'

/** One file of a host's own layer. `link` makes a symbolic link; `/dev/null` masks a systemd unit. */
export type HostFile =
  | { readonly path: string; readonly content: string; readonly mode?: number }
  | { readonly path: string; readonly link: string }

export interface HostIdentity {
  readonly kind: HostKind
  readonly name: string
  readonly ip: string
  /** More addresses on the bridge. */
  readonly extraAddresses: readonly string[]
  readonly serverIp: string
  /** The machine's first process is not systemd, its cgroup controllers are those of version 1. */
  readonly cgroupV1: boolean
  /** 32 hexadecimal digits; libvirt's host UUID comes from it, too. */
  readonly machineId: string
  readonly authorizedKey: string
  /** The base tree's files that get accounts added. */
  readonly passwd: string
  readonly shadow: string
  readonly group: string
  /** Password that the iSCSI target asks for. */
  readonly password: string
  /** Crypted password of root, ops and plain. */
  readonly passwordHash: string
}

/**
 * The files that make a copy of the base tree this host. Every setting that Debian's default does not have is an
 * exception of the lab, and stands with its reason in packages/lab/README.md.
 */
export function hostFiles(host: HostIdentity): readonly HostFile[] {
  return [
    { path: 'etc/hostname', content: `${host.name}\n` },
    { path: 'etc/hosts', content: `127.0.0.1 localhost\n${host.ip} ${host.name}\n` },
    { path: 'etc/resolv.conf', content: '' },
    { path: 'etc/machine-id', content: `${host.machineId}\n`, mode: 0o444 },
    ...accounts(host),
    { path: 'etc/ssh/sshd_config.d/lab.conf', content: 'PermitRootLogin yes\nUseDNS no\n' },
    { path: 'usr/local/sbin/lab-net', content: networkScript(host), mode: 0o755 },
    { path: 'etc/systemd/system/lab-net.service', content: networkUnit },
    { path: 'etc/systemd/system/multi-user.target.wants/lab-net.service', link: '/etc/systemd/system/lab-net.service' },
    ...ofKind[host.kind](host),
  ]
}

const masks = (units: readonly string[]): readonly HostFile[] =>
  units.map((unit) => ({ path: `etc/systemd/system/${unit}`, link: '/dev/null' }))

const ofKind: Readonly<Record<HostKind, (host: HostIdentity) => readonly HostFile[]>> = {
  container: (host) => [
    { path: 'etc/libvirt/libvirtd.conf', content: libvirtdConf },
    { path: 'etc/libvirt/qemu.conf', content: qemuConf(host.cgroupV1) },
    ...masks([...idleUnits, ...containerUnits, 'rpcbind.service', 'rpcbind.socket', 'nfs-client.target']),
  ],
  machine: (host) => [
    { path: 'etc/fstab', content: '/dev/vda / ext4 defaults 0 1\n' },
    // Guests would hang on a nested, emulated /dev/kvm.
    { path: 'etc/modprobe.d/lab.conf', content: 'install kvm_amd /bin/false\ninstall kvm_intel /bin/false\n' },
    { path: 'etc/iscsi/initiatorname.iscsi', content: `InitiatorName=${initiatorName(host.name)}\n`, mode: 0o600 },
    { path: 'etc/libvirt/qemu.conf', content: qemuConf(false) },
    { path: leanInitPath, content: leanInit, mode: 0o755 },
    ...masks([...idleUnits, ...machineUnits]),
  ],
  storage: (host) => [
    ...storageFiles(host),
    ...masks([...idleUnits, ...containerUnits, 'nfs-client.target', ...hypervisorUnits]),
  ],
}

/** As what a machine host logs in to iSCSI targets. */
export function initiatorName(host: string): string {
  return `iqn.2026-11.dev.altostack.lab:${host}`
}

function accounts(host: HostIdentity): readonly HostFile[] {
  const shadowLine = (name: string): string => `${name}:${host.passwordHash}:20000:0:99999:7:::`
  const shadow = host.shadow.replace(/^root:[^:]*:/m, `root:${host.passwordHash.replaceAll('$', '$$$$')}:`)
  const key = `${host.authorizedKey.trim()}\n`
  return [
    {
      path: 'etc/passwd',
      content: `${host.passwd}ops:x:1000:1000:may use sudo:/home/ops:/bin/bash\nplain:x:1001:1001:may not:/home/plain:/bin/bash\n`,
    },
    { path: 'etc/shadow', content: `${shadow}${shadowLine('ops')}\n${shadowLine('plain')}\n`, mode: 0o640 },
    { path: 'etc/group', content: `${host.group}ops:x:1000:\nplain:x:1001:\n` },
    { path: 'etc/sudoers.d/ops', content: 'ops ALL=(ALL) NOPASSWD: ALL\n', mode: 0o440 },
    { path: 'root/.ssh/authorized_keys', content: key, mode: 0o600 },
    { path: 'home/ops/.ssh/authorized_keys', content: key, mode: 0o600 },
    { path: 'home/plain/.ssh/authorized_keys', content: key, mode: 0o600 },
  ]
}

/** Owners of the layer's files that are not root's. */
export const accountHomes = [
  { path: 'home/ops', uid: 1000 },
  { path: 'home/plain', uid: 1001 },
] as const

function networkScript(host: HostIdentity): string {
  const extra = host.extraAddresses.map((address) => `ip address add ${address}/24 dev cloudbr0\n`).join('')
  return `#!/bin/sh
# The cable becomes eth0, a port of cloudbr0, which holds the host's address.
set -e
${host.kind === 'machine' ? 'modprobe -a bridge tun\n' : containerCable}ip link add cloudbr0 type bridge forward_delay 0
ip link set eth0 master cloudbr0
ip link set eth0 up
ip address add ${host.ip}/24 dev cloudbr0
${extra}ip link set cloudbr0 up
ip route add default via ${host.serverIp}
`
}

const containerCable = `# The machine's cgroup v1 controllers are read-only at first; libvirt puts each guest into a cgroup.
for controller in cpu cpuacct cpuset devices blkio; do
  [ -f /sys/fs/cgroup/$controller/cgroup.procs ] && mount -o remount,bind,rw /sys/fs/cgroup/$controller
done
ip link set lo up
ip link set host0 down
ip link set host0 name eth0
`

const networkUnit = `[Unit]
Description=Network of a lab host
DefaultDependencies=no
After=local-fs.target
Before=network.target network-online.target libvirtd.service ssh.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/lab-net
[Install]
WantedBy=multi-user.target
`

const libvirtdConf = `# The lab: hosts share one machine's SMBIOS UUID, and libvirt refuses to migrate to the same UUID.
host_uuid_source = "machine-id"
`

function qemuConf(cgroupV1: boolean): string {
  const controllers = `# The lab: the memory controller of a cgroup v1 machine is not the container's own.
cgroup_controllers = [ "cpu", "cpuacct", "cpuset", "devices", "blkio" ]
`
  return `${cgroupV1 ? controllers : ''}# The lab: under emulation this list of some 400 properties is read one by one at each start.
capability_filters = [ "cpu-unavailable-features" ]
`
}

/** Units that have nothing to do in a lab. */
const idleUnits = [
  'systemd-resolved.service',
  'systemd-machined.service',
  'systemd-timesyncd.service',
  'systemd-networkd.service',
  'e2scrub_reap.service',
  'e2scrub_all.timer',
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'fstrim.timer',
  'wdmd.service',
  'sanlock.service',
  'libvirt-guests.service',
] as const

/** Units that a container cannot run. */
const containerUnits = [
  'systemd-udevd.service',
  'systemd-udevd-control.socket',
  'systemd-udevd-kernel.socket',
  'systemd-udev-trigger.service',
  'systemd-udev-settle.service',
  'systemd-modules-load.service',
  'dev-hugepages.mount',
] as const

/** Units that cost an emulated machine seconds at each start. */
const machineUnits = [
  'systemd-udev-settle.service',
  'ldconfig.service',
  'systemd-update-utmp.service',
  'systemd-update-utmp-runlevel.service',
  'systemd-journal-flush.service',
  'man-db.timer',
  'lvm2-monitor.service',
  'NetworkManager-wait-online.service',
] as const

/** The storage host runs no guests. */
const hypervisorUnits = [
  'libvirtd.service',
  'libvirtd.socket',
  'libvirtd-ro.socket',
  'libvirtd-admin.socket',
  'virtlogd.service',
  'virtlogd.socket',
  'virtlogd-admin.socket',
  'virtlockd.service',
  'virtlockd.socket',
  'virtlockd-admin.socket',
] as const
