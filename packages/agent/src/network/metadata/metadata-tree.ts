import type { GuestData, NicSpec } from '@altostack/agent-api'

/** What the tree is made of: the guest that asks, by the NIC it asks through. */
export type Asker = { readonly data: GuestData; readonly nic: NicSpec }

type Leaf = string | Buffer
export type Tree = ReadonlyMap<string, Leaf>

/** Versions of EC2's that old images name; all of them are answered alike. */
const versions = /^(latest|1\.0|\d{4}-\d{2}-\d{2})$/

/** Files below `meta-data/`, as CloudStack's virtual router has them. */
export function metaData({ data, nic }: Asker): Record<string, string> {
  const address = nic.addresses?.[0] ?? nic.dhcp?.address ?? ''
  return {
    'service-offering': data.serviceOffering,
    'availability-zone': data.availabilityZone,
    'local-ipv4': address,
    'local-hostname': data.hostName,
    'public-ipv4': address,
    'public-hostname': data.hostName,
    'instance-id': data.instanceId,
    'vm-id': data.instanceId,
    'public-keys': data.publicKeys.join('\n'),
    'cloud-identifier': data.cloudIdentifier,
  }
}

/** What a path answers; undefined: there is nothing. Directories list their names. */
export function metadataAnswer(path: string, asker: Asker): Leaf | undefined {
  const [version, area, ...rest] = path.split('/').filter((part) => part !== '')
  if (version === undefined) return 'latest\n'
  if (!versions.test(version)) return undefined
  const user = userData(asker.data)
  if (area === undefined) return user === undefined ? 'meta-data/\n' : 'meta-data/\nuser-data\n'
  if (area === 'user-data' && rest.length === 0) return user
  if (area !== 'meta-data') return undefined
  const files = metaData(asker)
  const [name, number, file, ...more] = rest
  if (name === undefined) return `${Object.keys(files).join('\n')}\n`
  if (number === undefined) return Object.hasOwn(files, name) ? files[name] : undefined
  // EC2's way to the same keys.
  const key = name === 'public-keys' && more.length === 0 ? asker.data.publicKeys[Number(number)] : undefined
  if (key === undefined || !/^\d+$/.test(number)) return undefined
  if (file === undefined) return 'openssh-key\n'
  return file === 'openssh-key' ? key : undefined
}

function userData(data: GuestData): Buffer | undefined {
  return data.userData === undefined ? undefined : Buffer.from(data.userData, 'base64')
}
