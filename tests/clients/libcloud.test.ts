import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type SimulatedZone, startSimulatedZone } from './environment.ts'
import { clientEnvironment, moduleMissing, runScript } from './python.ts'

const missing = moduleMissing('libcloud', 'python3-libcloud')

describe("Apache Libcloud's CloudStack driver", { skip: missing }, () => {
  let zone: SimulatedZone
  before(async () => {
    zone = await startSimulatedZone()
  })
  after(async () => {
    await zone?.stop()
  })

  test('lists, deploys and destroys nodes', async () => {
    const { hostname, port } = new URL(zone.endpoint)
    const seen = await runScript('libcloud_life.py', [hostname, port], clientEnvironment(zone))
    assert.deepEqual(seen.locations, ['zone1'])
    assert.ok(seen.sizes.includes('Small Instance') && seen.sizes.includes('Small Test'), `${seen.sizes}`)
    assert.deepEqual(seen.images, [['empty', 'QCOW2', 'Simulator']])
    assert.deepEqual(seen.networks, ['guests'])
    assert.ok(seen.disk_offerings.includes('Small'), `${seen.disk_offerings}`)
    for (const none of ['key_pairs', 'affinity_groups', 'projects', 'public_ips', 'before']) {
      assert.deepEqual(seen[none], [], none)
    }
    assert.deepEqual(seen.security_groups, ['default'])
    assert.equal(seen.created.name, 'libcloud1')
    assert.equal(seen.created.running, true)
    assert.match(seen.created.private_ips[0], /^10\.2\.0\.\d+$/)
    assert.deepEqual(seen.created.public_ips, [])
    assert.equal(seen.created.zone, 'zone1')
    assert.deepEqual(seen.listed, [['libcloud1', true]])
    assert.deepEqual(seen.volumes, [['ROOT', true]])
    assert.equal(seen.rebooted, true)
    assert.equal(seen.stopped, 'Stopped')
    assert.equal(seen.started, 'Running')
    assert.equal(seen.asleep, true)
    assert.match(seen.refused, /name/)
    assert.deepEqual(seen.destroyed, [true, true])
    assert.deepEqual(seen.after, [])
    assert.equal(seen.wrong_secret, 'InvalidCredsError')
    assert.deepEqual(zone.fleet.domains(), [], 'no guest is left on a host')
  })
})
