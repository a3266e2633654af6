import type { GuestData, NicSpec } from '@altostack/agent-api'
import { metaData } from '../network/metadata/metadata-tree.ts'

/** Names in OpenStack's `meta_data.json` of the files that have one there. */
const openStackNames: Readonly<Record<string, string>> = {
  'availability-zone': 'availability_zone',
  'local-hostname': 'hostname',
  'public-hostname': 'name',
  'vm-id': 'uuid',
}
const defaultMtu = 1500

/**
 * The files of a guest's config drive by their paths, as CloudStack lays them out: its own tree below `cloudstack/`, and
 * OpenStack's below `openstack/latest/` for images that know only that. Pure: the same data give the same drive anywhere.
 */
export function configDriveFiles(data: GuestData, nics: readonly NicSpec[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  const put = (path: string, content: string | Buffer): void => {
    if (content.length > 0) files.set(path, Buffer.from(content))
  }
  const ordered = nics.toSorted((a, b) => a.deviceId - b.deviceId)
  const main = ordered.find((nic) => nic.dhcp !== undefined && nic.dhcp.defaultRoute !== false) ?? ordered[0]
  const meta = main === undefined ? {} : metaData({ data, nic: main })
  for (const [name, value] of Object.entries(meta)) put(`cloudstack/metadata/${name}.txt`, value)
  put('cloudstack/password/vm_password.txt', data.password ?? '')
  if (data.userData !== undefined) {
    const user = Buffer.from(data.userData, 'base64')
    put('cloudstack/userdata/user_data.txt', user)
    put('openstack/latest/user_data', user)
  }
  put('openstack/latest/meta_data.json', JSON.stringify(openStackMetaData(meta, data)))
  put('openstack/latest/network_data.json', JSON.stringify(networkData(ordered)))
  put('openstack/latest/vendor_data.json', '{}')
  return files
}

function openStackMetaData(meta: Readonly<Record<string, string>>, data: GuestData): object {
  const named = Object.entries(meta).flatMap(([name, value]) => {
    const key = openStackNames[name]
    return key === undefined || value === '' ? [] : [[key, value]]
  })
  // The comment of a key is its name, where it has one that no other has.
  const keys = new Map<string, string>()
  for (const [at, line] of data.publicKeys.entries()) {
    const comment = line.trim().split(/\s+/).slice(2).join(' ')
    keys.set(comment === '' || keys.has(comment) ? `key${at === 0 ? '' : at}` : comment, line)
  }
  return {
    ...Object.fromEntries(named),
    ...(data.publicKeys.length === 0
      ? {}
      : {
          keys: [...keys].map(([name, line]) => ({ type: 'ssh', name, data: line })),
          public_keys: Object.fromEntries(keys),
        }),
  }
}

/** Addresses of the NICs whose network gives any: the guest may set them without asking DHCP. */
function networkData(nics: readonly NicSpec[]): object {
  const given = nics.flatMap((nic) => (nic.dhcp === undefined ? [] : [{ nic, dhcp: nic.dhcp }]))
  if (given.length === 0) return {}
  const dns = [...new Set(given.flatMap(({ dhcp }) => dhcp.dns))]
  return {
    links: given.map(({ nic }) => ({
      id: `eth${nic.deviceId}`,
      type: 'phy',
      ethernet_mac_address: nic.mac,
      mtu: nic.mtu ?? defaultMtu,
    })),
    networks: given.map(({ nic, dhcp }) => ({
      id: `eth${nic.deviceId}`,
      link: `eth${nic.deviceId}`,
      type: 'ipv4',
      network_id: nic.nicUuid,
      ip_address: dhcp.address,
      netmask: dhcp.netmask,
      routes:
        dhcp.gateway === undefined || dhcp.defaultRoute === false
          ? []
          : [{ network: '0.0.0.0', netmask: '0.0.0.0', gateway: dhcp.gateway }],
    })),
    services: dns.map((address) => ({ type: 'dns', address })),
  }
}
