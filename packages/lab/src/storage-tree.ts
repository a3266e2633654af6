import type { HostFile, HostIdentity } from './host-tree.ts'

/** Debian packages of the storage host beyond the base tree. */
export const storagePackages = ['rpcbind', 'nfs-ganesha', 'nfs-ganesha-vfs', 'tgt'] as const

/** Where the storage host has a directory of this machine: ganesha cannot serve an overlay. */
export const storageRoot = '/srv/nas'

/** Exports by what a client finds. */
export const nfsExports = {
  /** root stays root. */
  primary: `${storageRoot}/primary`,
  secondary: `${storageRoot}/secondary`,
  /** root becomes nobody. */
  squashed: `${storageRoot}/squashed`,
  /** Nobody may write. */
  readOnly: `${storageRoot}/read-only`,
  /** Only for an address that no lab has. */
  denied: `${storageRoot}/denied`,
} as const

export const iscsiTargets = {
  /** Asks for a password; LUN 1 has 4 GiB. */
  chap: 'iqn.2026-11.dev.altostack.lab:primary',
  /** Asks for nothing; LUN 1 has 2 GiB. */
  open: 'iqn.2026-11.dev.altostack.lab:open',
} as const
export const chapUser = 'altolab'

/** What makes a container the lab's storage host: NFS 3 and 4 by ganesha, iSCSI by tgt on two addresses. */
export function storageFiles(host: HostIdentity): readonly HostFile[] {
  return [
    { path: 'etc/ganesha/ganesha.conf', content: ganeshaConf },
    {
      path: 'etc/systemd/system/nfs-ganesha.service.d/lab.conf',
      content: '[Unit]\nAfter=lab-storage.service\n[Service]\nLimitNOFILE=65536\n',
    },
    { path: 'usr/local/sbin/lab-storage', content: directoriesScript, mode: 0o755 },
    { path: 'etc/systemd/system/lab-storage.service', content: directoriesUnit },
    {
      path: 'etc/systemd/system/multi-user.target.wants/lab-storage.service',
      link: '/etc/systemd/system/lab-storage.service',
    },
    { path: 'etc/systemd/system/tgt.service', content: tgtUnit(host.ip) },
    { path: 'usr/local/sbin/lab-targets', content: targetsScript(host.password, host.extraAddresses), mode: 0o700 },
  ]
}

const directoriesScript = `#!/bin/sh
set -e
mkdir -p ${Object.values(nfsExports).join(' ')} ${storageRoot}/luns /var/lib/nfs/ganesha /run/ganesha
chmod 0755 ${Object.values(nfsExports).join(' ')}
`

const directoriesUnit = `[Unit]
Description=Directories of the lab's storage
DefaultDependencies=no
After=local-fs.target
Before=nfs-ganesha.service tgt.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/lab-storage
[Install]
WantedBy=multi-user.target
`

type Export = { readonly path: string; readonly access?: string; readonly squash?: string; readonly client?: string }

const exportList: readonly Export[] = [
  { path: nfsExports.primary },
  { path: nfsExports.secondary },
  { path: nfsExports.squashed, squash: 'Root_Squash' },
  { path: nfsExports.readOnly, access: 'RO' },
  { path: nfsExports.denied, access: 'None', client: '192.0.2.1' },
]

const ganeshaConf = `# The lab: no grace period after a restart, short leases.
NFS_CORE_PARAM { Protocols = 3,4; NFS_Port = 2049; MNT_Port = 20048; mount_path_pseudo = true; Enable_NLM = true; Enable_RQUOTA = false; }
NFSv4 { Graceless = true; Lease_Lifetime = 20; Grace_Period = 20; Minor_Versions = 0,1,2; }
LOG { Default_Log_Level = EVENT; }
${exportList.map(exportBlock).join('')}`

function exportBlock(one: Export, index: number): string {
  const client = one.client === undefined ? '' : ` CLIENT { Clients = ${one.client}; Access_Type = RW; }`
  return `EXPORT { Export_Id = ${index + 1}; Path = ${one.path}; Pseudo = ${one.path}; Access_Type = ${one.access ?? 'RW'}; Squash = ${one.squash ?? 'No_Root_Squash'}; SecType = sys; Protocols = 3,4; FSAL { Name = VFS; }${client} }
`
}

function tgtUnit(address: string): string {
  return `[Unit]
Description=iSCSI targets of the lab
After=network.target lab-net.service lab-storage.service
Requires=lab-storage.service
[Service]
ExecStart=/usr/sbin/tgtd -f --iscsi portal=${address}:3260
ExecStartPost=/usr/local/sbin/lab-targets
[Install]
WantedBy=multi-user.target
`
}

function targetsScript(password: string, more: readonly string[]): string {
  // Each address is a portal of its own, so that discovery names both.
  const portals = more.map((address) => `tgt --op new --mode portal --param portal=${address}:3260\n`).join('')
  const target = (id: number, name: string, file: string, size: string): string => `
[ -f ${storageRoot}/luns/${file} ] || truncate -s ${size} ${storageRoot}/luns/${file}
tgt --op new --mode target --tid ${id} -T ${name}
tgt --op new --mode logicalunit --tid ${id} --lun 1 -b ${storageRoot}/luns/${file}
tgt --op update --mode logicalunit --tid ${id} --lun 1 --params vendor_id=ALTOLAB,product_id=${file},scsi_id=altolab-${file},scsi_sn=altolab-${file}
tgt --op bind --mode target --tid ${id} -I ALL
`
  return `#!/bin/sh
set -e
tgt() { tgtadm --lld iscsi "$@"; }
tries=0
until tgt --op show --mode sys >/dev/null 2>&1; do sleep 0.1; tries=$((tries+1)); [ $tries -lt 100 ]; done
${portals}${target(1, iscsiTargets.chap, 'primary', '4G')}
tgt --op new --mode account --user ${chapUser} --password ${password}
tgt --op bind --mode account --tid 1 --user ${chapUser}
${target(2, iscsiTargets.open, 'open', '2G')}`
}
