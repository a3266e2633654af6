import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { type BridgePlan, type NetworkFacts, planBridge } from './bridge-plan.ts'

const base = { nic: 'eth0', mac: '52:54:00:12:34:56', mtu: 1500 } as const
const interfaces = `# The loopback
auto lo
iface lo inet loopback

# The primary interface
allow-hotplug eth0
iface eth0 inet static
    address 192.0.2.10/24
    gateway 192.0.2.1
    dns-nameservers 192.0.2.1
    # jumbo frames do not work here
    up ip route add 198.51.100.0/24 via 192.0.2.254

iface eth0 inet6 static
    address 2001:db8::10/64
    gateway 2001:db8::1

auto eth1
iface eth1 inet manual
source /etc/network/interfaces.d/*
`
const cases: readonly (readonly [string, NetworkFacts])[] = [
  ['ifupdown-static', { ...base, backend: 'ifupdown', files: { '/etc/network/interfaces': interfaces } }],
  [
    'ifupdown-dhcp',
    {
      ...base,
      backend: 'ifupdown',
      files: {
        '/etc/network/interfaces': 'source /etc/network/interfaces.d/*\nauto lo\niface lo inet loopback\n',
        '/etc/network/interfaces.d/eth0': 'auto eth0\niface eth0 inet dhcp\n',
      },
    },
  ],
  [
    'networkd-static',
    {
      ...base,
      mtu: 9000,
      backend: 'networkd',
      files: {
        '/etc/systemd/network/20-wired.network':
          '# wired\n[Match]\nName=eth*\n\n[Link]\nMTUBytes=1500\n\n[Network]\nAddress=192.0.2.10/24\nGateway=192.0.2.1\nDNS=192.0.2.1\n\n[Route]\nDestination=198.51.100.0/24\nGateway=192.0.2.254\n',
      },
    },
  ],
  [
    'networkd-dhcp',
    {
      ...base,
      backend: 'networkd',
      files: { '/etc/systemd/network/dhcp.network': '[Match]\nName=en*\n[Network]\nDHCP=yes\n[DHCPv4]\nUseMTU=yes\n' },
    },
  ],
  [
    'netplan-static',
    {
      ...base,
      mtu: 9000,
      backend: 'netplan',
      files: {
        '/etc/netplan/50-cloud-init.yaml':
          '# This file is ours\nnetwork:\n  version: 2\n  ethernets:\n    eth0:\n      match: {macaddress: "52:54:00:12:34:56"}\n      set-name: eth0\n      mtu: 9000\n      addresses: [192.0.2.10/24, "2001:db8::10/64"]\n      routes:\n        - to: default # the router\n          via: 192.0.2.1\n      nameservers: {addresses: [192.0.2.1]}\n    eth1:\n      dhcp4: true\n',
        '/etc/netplan/99-other.yaml': 'network: {version: 2}\n',
      },
    },
  ],
  [
    'netplan-dhcp',
    {
      ...base,
      backend: 'netplan',
      files: { '/etc/netplan/01.yaml': 'network:\n  ethernets:\n    eth0:\n      dhcp4: true\n' },
    },
  ],
  [
    'network-manager-static',
    {
      ...base,
      mtu: 9000,
      backend: 'networkmanager',
      files: {
        '/etc/NetworkManager/system-connections/Wired connection 1.nmconnection':
          "[connection]\nid=Bob's wire\nuuid=27afa607-ee36-43f0-b8c3-9d245cdc4bb3\ntype=ethernet\ninterface-name=eth0\n\n[ethernet]\nmtu=9000\n\n[ipv4]\naddress1=192.0.2.10/24,192.0.2.1\ndns=192.0.2.1;\nmethod=manual\n\n[ipv6]\nmethod=auto\n",
      },
    },
  ],
  [
    'network-manager-dhcp',
    {
      ...base,
      backend: 'networkmanager',
      files: {
        '/etc/NetworkManager/system-connections/eth0.nmconnection':
          '[connection]\nid=eth0\ntype=ethernet\n[ipv4]\nmethod=auto\n',
      },
    },
  ],
]

/** A plan as one text, for people to read in a diff. */
function show(plan: BridgePlan): string {
  const files = plan.files.map(({ path, content, mode }) => `=== ${path} (${mode})\n${content}`)
  const commands = (['apply', 'down', 'up'] as const).map((name) => `=== ${name}\n${plan[name].join('\n')}\n`)
  return [...files, ...commands].join('')
}

for (const [name, facts] of cases) {
  test(`bridge by ${name} is what the golden file says`, async () => {
    const path = join(import.meta.dirname, 'golden', `${name}.txt`)
    const text = show(await planBridge(facts, 'cloudbr0'))
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text)
    assert.equal(text, readFileSync(path, 'utf8'))
  })
}

test('what cannot be planned says why', async () => {
  const refused = async (facts: Partial<NetworkFacts>, words: RegExp): Promise<void> => {
    await assert.rejects(planBridge({ ...base, backend: 'ifupdown', files: {}, ...facts }, 'cloudbr0'), words)
  }
  await refused({}, /no iface stanza of eth0/)
  await refused({ files: { '/etc/network/interfaces': 'iface eth00 inet dhcp\n' } }, /no iface stanza of eth0/)
  await refused({ files: { a: 'iface eth0 inet dhcp\n', b: 'iface eth0 inet6 auto\n' } }, /stanzas in a and b/)
  await refused({ backend: 'networkd' }, /no file for eth0/)
  await refused({ backend: 'networkd', files: { a: '[Match]\nName=eth0\n' } }, /no \[Network\]/)
  await refused({ backend: 'netplan', files: { a: 'network: {ethernets: {eth1: {}}}\n' } }, /no ethernets.eth0/)
  await refused(
    { backend: 'netplan', files: { a: 'network: {ethernets: {eth0: {}}, bridges: {cloudbr0: {}}}\n' } },
    /already/,
  )
  await refused({ backend: 'networkmanager' }, /no file/)
})
