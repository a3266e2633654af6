import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GuestData, nicSpec } from '@altostack/agent-api'
import { configDriveFiles } from './files.ts'

const uuid = '7d9a0a52-5c6c-4b5e-8f4e-1d3f6a1c0001'
const data: GuestData = {
  version: 1,
  instanceId: uuid,
  hostName: 'web1',
  publicKeys: ['ssh-ed25519 AAAA me@here', 'ssh-rsa BBBB'],
  availabilityZone: 'zone1',
  serviceOffering: 'Tiny',
  cloudIdentifier: 'CloudStack-{z}',
  userData: Buffer.from('#!/bin/sh\necho \xff\n', 'latin1').toString('base64'),
  password: 'S3cret',
}
const dhcp = {
  networkUuid: uuid,
  address: '10.1.1.9',
  netmask: '255.255.255.0',
  gateway: '10.1.1.1',
  dns: ['10.1.1.53', '9.9.9.9'],
  hostName: 'web1',
}
const nic = (deviceId: number, more: object = {}) =>
  nicSpec.parse({ nicUuid: uuid, deviceId, mac: `02:00:00:00:00:0${deviceId}`, bridge: 'cloudbr0', ...more })
const text = (files: ReadonlyMap<string, Buffer>): Record<string, unknown> =>
  Object.fromEntries(
    [...files].map(([path, content]) => [
      path,
      path.endsWith('.json') ? JSON.parse(content.toString()) : content.toString('latin1'),
    ]),
  )

test('golden: the drive of a guest with everything', () => {
  const nics = [
    nic(1, { dhcp: { ...dhcp, address: '10.2.2.9', dns: ['9.9.9.9'], defaultRoute: false }, mtu: 1450 }),
    nic(0, { dhcp }),
    nic(2),
  ]
  assert.deepEqual(text(configDriveFiles(data, nics)), {
    'cloudstack/metadata/service-offering.txt': 'Tiny',
    'cloudstack/metadata/availability-zone.txt': 'zone1',
    'cloudstack/metadata/local-ipv4.txt': '10.1.1.9',
    'cloudstack/metadata/local-hostname.txt': 'web1',
    'cloudstack/metadata/public-ipv4.txt': '10.1.1.9',
    'cloudstack/metadata/public-hostname.txt': 'web1',
    'cloudstack/metadata/instance-id.txt': uuid,
    'cloudstack/metadata/vm-id.txt': uuid,
    'cloudstack/metadata/public-keys.txt': 'ssh-ed25519 AAAA me@here\nssh-rsa BBBB',
    'cloudstack/metadata/cloud-identifier.txt': 'CloudStack-{z}',
    'cloudstack/password/vm_password.txt': 'S3cret',
    'cloudstack/userdata/user_data.txt': '#!/bin/sh\necho \xff\n',
    'openstack/latest/user_data': '#!/bin/sh\necho \xff\n',
    'openstack/latest/meta_data.json': {
      availability_zone: 'zone1',
      hostname: 'web1',
      name: 'web1',
      uuid,
      keys: [
        { type: 'ssh', name: 'me@here', data: 'ssh-ed25519 AAAA me@here' },
        { type: 'ssh', name: 'key1', data: 'ssh-rsa BBBB' },
      ],
      public_keys: { 'me@here': 'ssh-ed25519 AAAA me@here', key1: 'ssh-rsa BBBB' },
    },
    'openstack/latest/network_data.json': {
      links: [
        { id: 'eth0', type: 'phy', ethernet_mac_address: '02:00:00:00:00:00', mtu: 1500 },
        { id: 'eth1', type: 'phy', ethernet_mac_address: '02:00:00:00:00:01', mtu: 1450 },
      ],
      networks: [
        {
          id: 'eth0',
          link: 'eth0',
          type: 'ipv4',
          network_id: uuid,
          ip_address: '10.1.1.9',
          netmask: '255.255.255.0',
          routes: [{ network: '0.0.0.0', netmask: '0.0.0.0', gateway: '10.1.1.1' }],
        },
        {
          id: 'eth1',
          link: 'eth1',
          type: 'ipv4',
          network_id: uuid,
          ip_address: '10.2.2.9',
          netmask: '255.255.255.0',
          routes: [],
        },
      ],
      services: [
        { type: 'dns', address: '10.1.1.53' },
        { type: 'dns', address: '9.9.9.9' },
      ],
    },
    'openstack/latest/vendor_data.json': {},
  })
})

test('a guest of a layer 2 network without keys, data or password is told its name all the same', () => {
  const { userData: _, password: __, ...bare } = data
  const files = text(configDriveFiles({ ...bare, publicKeys: [] }, [nic(0)]))
  assert.deepEqual(files['openstack/latest/network_data.json'], {})
  assert.equal(files['cloudstack/metadata/local-hostname.txt'], 'web1')
  for (const absent of ['cloudstack/metadata/local-ipv4.txt', 'cloudstack/password/vm_password.txt']) {
    assert.equal(files[absent], undefined)
  }
  assert.equal(
    Object.keys(files).some((path) => path.includes('user_data')),
    false,
  )
})

test('two keys of one comment are two keys', () => {
  const keys = { ...data, publicKeys: ['ssh-rsa A x', 'ssh-rsa B x', 'ssh-rsa C x'] }
  const files = text(configDriveFiles(keys, [nic(0)]))
  const meta = files['openstack/latest/meta_data.json'] as { public_keys: Record<string, string>; keys: unknown[] }
  assert.deepEqual(Object.values(meta.public_keys), keys.publicKeys)
  assert.equal(meta.keys.length, 3)
})
