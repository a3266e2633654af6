/** Words that names of fields and parameters are run together of, longest first where one begins another. */
const vocabulary =
  `over overprovisioning kbs load pinged boot ms repair reload account control enable enabled isolation uri kms broad cast access action active address affinity agent alert algorithm allocated allocation allow allowed annotation api arch
  architecture attached auto available average backup bandwidth base bits bootable broadcast bus bytes cache can capability
  capacity category cause certificate checksum child children cidr class cleanup cluster code comment community completed config
  connected connection console copies core count cpu created creation cross custom customised customized data date day days
  default delete deleted deploy description destroy destroyed details device dhcp direct disconnected disk display dns domain
  download downloaded duration dynamic dynamically edge email enabled encrypted end entry event evidence expires expunge
  extractable factor family featured field fields first fix for force forced format from gateway group guest ha has hardware
  haschild hash health heartbeat high host hvm hypervisor icon id image in inherit initialized installation instance internal
  interface invalid iops ip ipv4 ipv6 iqn is iso iothreads job key keyboard kind kvm label last latest lease level limit link
  list local lock logged mac main maintenance managed management managing mask max maximum memory message min minimum mode model
  mtu name names needed netmask network networks nic nics node number numa of offering offerings on options order os out overcommit
  overprovisioned owner ownership page parent password path percent percentage period permission physical pod point policy pool
  port ports position power prefix primary priority private process progress project protocol protection provider provisioning
  public quota range rate ratio read ready reason received redundant region related release removed reservation reserved resource response
  result role root router rule rules running scale scalable scope secondary secret security sent server service services session
  shared since size snapshot socket sockets sort source space specify speed ssh start started state static status step steps
  stop stopped storage store strategy subdomain subnet suitability suitable supported suspended swap system tag tags target
  template tenant text threshold time timestamp timezone title token total traffic type ui unit units until updated upload url
  usage use used user userdata username uuid value version virtual vlan vm volume volumes vpc warning wait with write xen year zone
  zones zonetoken`
    .split(/\s+/)
    .sort((a, b) => b.length - a.length)

const upper: Readonly<Record<string, string>> = {
  api: 'API',
  cpu: 'CPU',
  dns: 'DNS',
  dhcp: 'DHCP',
  ha: 'HA',
  id: 'ID',
  ip: 'IP',
  ipv4: 'IPv4',
  ipv6: 'IPv6',
  iops: 'IOPS',
  iso: 'ISO',
  kvm: 'KVM',
  mac: 'MAC',
  mtu: 'MTU',
  nic: 'NIC',
  nics: 'NICs',
  os: 'OS',
  ssh: 'SSH',
  ui: 'UI',
  url: 'URL',
  uri: 'URI',
  kbs: 'KB',
  uuid: 'UUID',
  vlan: 'VLAN',
  vm: 'VM',
  vpc: 'VPC',
  cidr: 'CIDR',
  hvm: 'HVM',
  numa: 'NUMA',
  iqn: 'IQN',
  kms: 'KMS',
  gpu: 'GPU',
  vnc: 'VNC',
  drs: 'DRS',
  tls: 'TLS',
  pxe: 'PXE',
}

const kept = new Map<string, string>()

/** `memoryallocated` → "Memory allocated"; what is not made of known words stays as it is. */
export function labelOf(name: string): string {
  const known = kept.get(name)
  if (known !== undefined) return known
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s._-]+/)
    .flatMap((part) => split(part) ?? [part])
  const shown = words
    .map((word, index) => upper[word] ?? (index === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word))
    .join(' ')
  kept.set(name, shown)
  return shown
}

const fieldNames: Readonly<Record<string, string>> = {
  ipaddress: 'IP address',
  cpunumber: 'CPUs',
  cpuspeed: 'CPU speed',
  hypervisortype: 'Hypervisor',
  ostypename: 'OS type',
  isready: 'Ready',
  cpuallocated: 'CPU',
  memoryallocatedpercentage: 'Memory',
  domain: 'Domain',
  vmname: 'VM',
  vmtotal: 'VMs',
  seenby: 'Seen by',
  atjoin: 'At joining',
  atdoctor: 'By the doctor',
  isdefault: 'Default',
  ispublic: 'Public',
}

/** A field as the head of a column: `zonename` is the zone. */
export function fieldLabel(name: string): string {
  const known = fieldNames[name]
  if (known !== undefined) return known
  return labelOf(
    /.name$/.test(name) && !/^(?:first|last|user|display|instance|host)name$/.test(name)
      ? name.slice(0, -4)
      : name === 'hostname'
        ? 'host'
        : name,
  )
}

/** The fewest known words that a run-together name is made of. */
function split(text: string): readonly string[] | undefined {
  const best: (readonly string[] | undefined)[] = [[]]
  for (let end = 1; end <= text.length; end++) {
    for (const word of vocabulary) {
      const before =
        end >= word.length && text.startsWith(word, end - word.length) ? best[end - word.length] : undefined
      const current = best[end]
      if (before && (current === undefined || before.length + 1 < current.length)) best[end] = [...before, word]
    }
    // A number follows the word before it: dns1.
    const digit = /\d/.test(text.charAt(end - 1)) ? best[end - 1] : undefined
    if (digit && digit.length > 0 && best[end] === undefined) best[end] = [...digit, text.charAt(end - 1)]
  }
  return best[text.length]
}
