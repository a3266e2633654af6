import { storageFailure } from '@altostack/core'

export type PoolType = 'SharedMountPoint' | 'Filesystem' | 'NetworkFilesystem' | 'CLVM' | 'IscsiLUN' | 'FiberChannel'

export type PoolPlace = {
  readonly type: PoolType
  /** Host of the url: a storage server (several iSCSI portals with commas), `localhost`, or the host of a local pool. */
  readonly host: string
  /** 0 where there is no server. */
  readonly port: number
  /** Directory or export without a slash at its end; `/IQN/LUN`; `/VOLUMEGROUP`; `/WWID`. */
  readonly path: string
}

type Parts = { readonly host: string; readonly port: number | undefined; readonly path: string; readonly url: string }

/** What each scheme means, in lower case. */
const schemes: Readonly<Record<string, (parts: Parts) => PoolPlace>> = {
  sharedmountpoint: local('SharedMountPoint'),
  file: local('Filesystem'),
  filesystem: local('Filesystem'),
  local: local('Filesystem'),
  nfs: nfsPlace,
  networkfilesystem: nfsPlace,
  iscsi: iscsiPlace,
  iscsilun: iscsiPlace,
  clvm: volumeGroupPlace,
  clvm_ng: volumeGroupPlace,
  fiberchannel: wwidPlace,
}

/** Schemes that CloudStack knows and this version has not, with what they stand for. */
const laterSchemes: Readonly<Record<string, string>> = {
  cifs: 'SMB',
  rbd: 'Ceph RBD',
  presetup: 'a storage repository of XenServer or a datastore of vSphere',
  datastorecluster: 'a datastore cluster of vSphere',
  vmfs: 'VMFS',
  ocfs2: 'OCFS2',
  gluster: 'Gluster',
  powerflex: 'PowerFlex',
  linstor: 'Linstor',
  storpool: 'StorPool',
  iso: 'an ISO store',
}

/** Reads the url of createStoragePool. Schemes without regard to case. Throws `storage.url` or `storage.protocol`. */
export function readPoolUrl(url: string): PoolPlace {
  const match = /^([A-Za-z][A-Za-z0-9_+.-]*):\/\/([^/]*)(\/.*)$/s.exec(url.trim())
  if (match === null) throw bad(`${url} is not the url of a storage pool`, url)
  const [written, authority, path] = [match[1] ?? '', match[2] ?? '', match[3] ?? '']
  const scheme = written.toLowerCase()
  if (Object.hasOwn(laterSchemes, scheme)) {
    throw storageFailure('storage.protocol', `Storage of type ${written} (${laterSchemes[scheme]}) is not supported`, {
      seen: url,
    })
  }
  const read = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined
  if (read === undefined) throw bad(`${written} is not a kind of storage`, url)
  const [host, port] = splitPort(authority, url)
  return read({ host, port, path: cleanPath(path, url), url })
}

function local(type: 'SharedMountPoint' | 'Filesystem') {
  return ({ host, port, path, url }: Parts): PoolPlace => {
    if (port !== undefined) throw bad(`${type} has no port`, url)
    return { type, host: host || 'localhost', port: 0, path }
  }
}

function nfsPlace({ host, port, path, url }: Parts): PoolPlace {
  if (!isServer(host)) throw bad('The url names no NFS server', url)
  return { type: 'NetworkFilesystem', host, port: port ?? 2049, path }
}

/** `iscsi://PORTAL[,PORTAL][:PORT]/IQN/LUN`. */
function iscsiPlace({ host, port, path, url }: Parts): PoolPlace {
  const portals = host.split(',')
  if (!portals.every(isServer)) throw bad('The url names no iSCSI portal', url)
  const match = /^\/((?:iqn|eui|naa)\.[A-Za-z0-9.:_-]{1,210})\/(\d{1,5})$/.exec(path)
  if (match === null || Number(match[2]) > 16383) {
    throw bad('The path of an iSCSI url is /TARGET/LUN, e.g. /iqn.2026-11.com.example:primary/1', url)
  }
  return { type: 'IscsiLUN', host: [...new Set(portals)].join(','), port: port ?? 3260, path }
}

function volumeGroupPlace({ host, path, url }: Parts): PoolPlace {
  if (!/^\/[A-Za-z0-9_+][A-Za-z0-9_+.-]{0,126}$/.test(path)) throw bad('The path of a clvm url is a volume group', url)
  return { type: 'CLVM', host: host || 'localhost', port: 0, path }
}

function wwidPlace({ host, path, url }: Parts): PoolPlace {
  const wwid = path.slice(1).replace(/^wwn-0x/, '3')
  if (!/^[0-9A-Za-z._:-]{4,128}$/.test(wwid)) throw bad('The path of a FiberChannel url is the WWID of a LUN', url)
  return { type: 'FiberChannel', host: host || 'localhost', port: 0, path: `/${wwid}` }
}

/** `HOST`, `HOST:PORT`, `[IPV6]`, `[IPV6]:PORT`. */
function splitPort(authority: string, url: string): readonly [string, number | undefined] {
  const match = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]*)(?::(\d+))?$/.exec(authority)
  const port = match?.[2] === undefined ? undefined : Number(match[2])
  if (match === null || (port !== undefined && (port < 1 || port > 65535))) throw bad(`${authority} is no host`, url)
  return [(match[1] ?? '').replace(/^\[|\]$/g, ''), port]
}

function isServer(host: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$|^[0-9A-Fa-f:.]{2,45}$/.test(host)
}

function cleanPath(path: string, url: string): string {
  const clean = path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1')
  const dots = clean.split('/').some((part) => part === '.' || part === '..')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (clean === '/' || dots || clean.length > 255 || /[\u0000-\u001f]/.test(clean)) {
    throw bad('The path of the pool must be absolute, not the root, without . and ..', url)
  }
  return clean
}

function bad(message: string, url: string): Error {
  return storageFailure('storage.url', message, { seen: url })
}
