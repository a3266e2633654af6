/** How primary storage is reached, in the parts that people know; the API takes them as one URL. */
export type StoragePart = 'server' | 'path' | 'portal' | 'target' | 'lun' | 'group' | 'wwid'
type Protocol = {
  readonly name: string
  readonly parts: readonly StoragePart[]
  readonly url: (part: (name: StoragePart) => string) => string
}

const rooted = (path: string): string => (path.startsWith('/') ? path : `/${path}`)

export const storageProtocols = {
  nfs: { name: 'NFS', parts: ['server', 'path'], url: (part) => `nfs://${part('server')}${rooted(part('path'))}` },
  shared: {
    name: 'SharedMountPoint',
    parts: ['path'],
    url: (part) => `SharedMountPoint://localhost${rooted(part('path'))}`,
  },
  local: { name: 'Local', parts: ['path'], url: (part) => `file://${rooted(part('path'))}` },
  iscsi: {
    name: 'iSCSI',
    parts: ['portal', 'target', 'lun'],
    url: (part) => `iscsi://${part('portal')}/${part('target')}/${part('lun')}`,
  },
  clvm: { name: 'CLVM', parts: ['group'], url: (part) => `clvm://localhost/${part('group')}` },
  fibre: { name: 'Fibre Channel', parts: ['wwid'], url: (part) => `fiberchannel://localhost/${part('wwid')}` },
} as const satisfies Readonly<Record<string, Protocol>>
export type StorageProtocol = keyof typeof storageProtocols

/** The URL, once every part is given. */
export function storageUrl(
  protocol: StorageProtocol,
  parts: Readonly<Partial<Record<StoragePart, string>>>,
): string | undefined {
  const { parts: wanted, url } = storageProtocols[protocol] as Protocol
  const part = (name: StoragePart): string => parts[name]?.trim() ?? ''
  return wanted.every((name) => part(name) !== '') ? url(part) : undefined
}
