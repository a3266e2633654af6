import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type SimulatedZone, startSimulatedZone } from './environment.ts'
import { clientEnvironment, moduleMissing, runModule, runScript } from './python.ts'

const missing = moduleMissing('cs', 'python3-cs')

describe('cs, the Python client', { skip: missing }, () => {
  let zone: SimulatedZone
  before(async () => {
    zone = await startSimulatedZone()
  })
  after(async () => {
    await zone?.stop()
  })

  for (const method of ['get', 'post']) {
    test(`lists, deploys, stops, starts and destroys by ${method.toUpperCase()}`, async () => {
      const args = [method, zone.offering, zone.template, zone.zone]
      const seen = await runScript('cs_life.py', args, clientEnvironment(zone))
      assert.equal(seen.config, true)
      assert.deepEqual(seen.zones, ['zone1'])
      assert.deepEqual(seen.hosts, ['sim1', 'sim2'])
      assert.deepEqual(seen.networks, ['guests'])
      assert.deepEqual(seen.no_accounts, {})
      assert.deepEqual(seen.odd_characters, {})
      assert.equal(seen.unknown_id.errorcode, 431)
      assert.match(seen.unknown_id.errortext, /Invalid parameter id value=nowhere/)
      assert.equal(seen.expired.errorcode, 401)
      assert.equal(seen.without_version, 1)
      assert.equal(seen.wrong_secret.errorcode, 401)
      assert.equal(seen.deployed.state, 'Running')
      assert.equal(seen.deployed.displayname, 'By cs, ünï+code')
      assert.equal(seen.listed.nic[0].ipaddress, seen.deployed.nic[0].ipaddress)
      assert.equal(seen.stopped, 'Stopped')
      assert.equal(seen.started, 'Running')
      assert.equal(seen.refused.errorcode, 431)
      assert.equal(seen.jobid, true)
      assert.ok(seen.destroyed)
      assert.equal(seen.after[0].errorcode, 431)
      assert.deepEqual(seen.after[1], {})
      assert.deepEqual(zone.fleet.domains(), [], 'no guest is left on a host')
    })
  }

  test('the command line prints a list, and an error as the server says it', async () => {
    const env = clientEnvironment(zone)
    const listed = await runModule('cs', ['listZones'], env)
    assert.equal(listed.code, 0, listed.stderr)
    assert.equal(JSON.parse(listed.stdout).zone[0].name, 'zone1')
    const posted = await runModule('cs', ['--post', 'listClusters', `zoneid=${zone.zone}`], env)
    assert.equal(JSON.parse(posted.stdout).cluster[0].name, 'cluster1')
    const refused = await runModule('cs', ['listZones', 'id=nowhere'], env)
    assert.match(refused.stderr, /HTTP 431/)
    assert.match(JSON.parse(refused.stdout).listzonesresponse.errortext, /Invalid parameter id value=nowhere/)
  })
})
