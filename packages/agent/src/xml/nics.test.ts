import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { nicElement } from './nics.ts'

const nic = {
  nicUuid: '7d9a0a52-5c6c-4b5e-8f4e-1d3f6a1c0002',
  deviceId: 0,
  mac: '02:00:0a:01:02:03',
  bridge: 'cloudbr0',
  model: 'virtio' as const,
}

test('golden: NICs untagged, on a VLAN, on a VXLAN, with the link down, plugged into a running guest', () => {
  const text = [
    nicElement(nic, 2),
    nicElement({ ...nic, bridge: 'breth0-100', model: 'e1000' }, 2),
    nicElement({ ...nic, bridge: 'brvx-5001', mtu: 1450 }, 3),
    nicElement({ ...nic, linkUp: false }, 4),
    nicElement({ ...nic, bridge: 'brvx-5001', mtu: 1450 }),
  ]
    .map((element) => `${element.text}\n`)
    .join('')
  const path = join(import.meta.dirname, 'nics.golden.xml')
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text)
  assert.equal(text, readFileSync(path, 'utf8'))
})
