import { storageFailure } from '@altostack/core'

export type PoolPlace = {
  readonly type: 'SharedMountPoint' | 'Filesystem'
  /** Host of the url: `localhost`, or the host that a local pool is on. */
  readonly host: string
  /** Directory, without a slash at its end. */
  readonly path: string
}

/** Schemes that CloudStack knows and this version has not, with what they stand for. */
const laterSchemes: Readonly<Record<string, string>> = {
  nfs: 'NFS',
  networkfilesystem: 'NFS',
  cifs: 'SMB',
  clvm: 'clustered LVM',
  clvm_ng: 'clustered LVM',
  rbd: 'Ceph RBD',
  presetup: 'a storage repository of XenServer or a datastore of vSphere',
  datastorecluster: 'a datastore cluster of vSphere',
  iscsi: 'iSCSI',
  vmfs: 'VMFS',
  ocfs2: 'OCFS2',
  gluster: 'Gluster',
  fiberchannel: 'Fibre Channel',
  powerflex: 'PowerFlex',
  linstor: 'Linstor',
  storpool: 'StorPool',
  iso: 'an ISO store',
}

/** Reads `SharedMountPoint://localhost/PATH`, `file:///PATH` or `filesystem://HOST/PATH`. Schemes without regard to case. */
export function readPoolUrl(url: string): PoolPlace {
  const match = /^([A-Za-z][A-Za-z0-9_+.-]*):\/\/([^/]*)(\/.*)$/s.exec(url.trim())
  if (match === null) throw storageFailure('storage.url', `${url} is not the url of a storage pool`, { seen: url })
  const [scheme, host, path] = [(match[1] ?? '').toLowerCase(), match[2] ?? '', match[3] ?? '']
  const later = laterSchemes[scheme]
  if (later !== undefined) {
    throw storageFailure('storage.protocol', `Storage of type ${match[1]} (${later}) comes with a later version`, {
      seen: url,
    })
  }
  const clean = cleanPath(path, url)
  if (scheme === 'sharedmountpoint') return { type: 'SharedMountPoint', host: host || 'localhost', path: clean }
  if (scheme === 'file' || scheme === 'filesystem' || scheme === 'local') {
    return { type: 'Filesystem', host: host || 'localhost', path: clean }
  }
  throw storageFailure('storage.url', `${match[1]} is not a kind of storage`, { seen: url })
}

function cleanPath(path: string, url: string): string {
  const clean = path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1')
  const bad = clean.split('/').some((part) => part === '.' || part === '..')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (clean === '/' || bad || clean.length > 255 || /[\u0000-\u001f]/.test(clean)) {
    throw storageFailure('storage.url', 'The path of the pool must be absolute, not the root, without . and ..', {
      seen: url,
    })
  }
  return clean
}
