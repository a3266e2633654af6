import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { hashPassword } from '../../packages/server/src/auth/password.ts'
import type { Body } from '../../packages/server/src/testing/test-server.ts'
import { findCmk } from './cmk.ts'
import { type SimulatedZone, startSimulatedZone } from './environment.ts'
import { type Ended, runProgram } from './python.ts'

const found = await findCmk()

describe('cmk', { skip: 'missing' in found ? found.missing : false }, () => {
  let zone: SimulatedZone
  let home: string
  const cmk = async (...args: string[]): Promise<Ended> =>
    await runProgram('path' in found ? found.path : '', args, { HOME: home })
  /** Runs a command that must succeed; answers what it printed, parsed. */
  const ask = async (...args: string[]): Promise<Body> => {
    const end = await cmk(...args)
    assert.equal(end.code, 0, `cmk ${args.join(' ')}: ${end.stdout}${end.stderr}`)
    return end.stdout.trim() === '' ? {} : JSON.parse(end.stdout.slice(end.stdout.indexOf('{')))
  }
  const set = async (name: string, value: string): Promise<void> => {
    const end = await cmk('set', name, value)
    assert.equal(end.code, 0, end.stdout + end.stderr)
  }
  const size = (): string[] => [
    `zoneid=${zone.zone}`,
    `templateid=${zone.template}`,
    `serviceofferingid=${zone.offering}`,
  ]

  before(async () => {
    zone = await startSimulatedZone()
    home = mkdtempSync(join(tmpdir(), 'alto-cmk-'))
    await set('url', zone.endpoint)
    await set('apikey', zone.server.admin.apiKey)
    await set('secretkey', zone.server.admin.secretKey)
  })
  after(async () => {
    if (home !== undefined) rmSync(home, { recursive: true, force: true })
    await zone?.stop()
  })

  test('sync discovers every command that is offered', async () => {
    const end = await cmk('sync')
    assert.equal(end.code, 0, end.stdout + end.stderr)
    const [, count] = /Discovered (\d+) APIs/.exec(end.stdout) ?? []
    const { api } = await zone.server.call('listApis')
    assert.equal(Number(count), api.length)
  })

  test('lists, with a filter and by page', async () => {
    const { zone: zones } = await ask('list', 'zones', 'filter=name,networktype')
    assert.deepEqual(zones, [{ name: 'zone1', networktype: 'Advanced' }])
    const { count, host } = await ask('list', 'hosts', 'type=Routing', 'page=1', 'pagesize=1')
    assert.equal(count, 2)
    assert.equal(host.length, 1)
    assert.deepEqual(await ask('list', 'virtualmachines'), {})
  })

  test('deploys and waits for the end of the job', async () => {
    const { virtualmachine } = await ask(
      'deploy',
      'virtualmachine',
      'name=cmk1',
      'displayname=By cmk, ünï+*~',
      ...size(),
    )
    assert.equal(virtualmachine.state, 'Running')
    assert.equal(virtualmachine.displayname, 'By cmk, ünï+*~')
    const { virtualmachine: listed } = await ask('list', 'virtualmachines', 'name=cmk1', 'filter=id,state')
    assert.deepEqual(listed, [{ id: virtualmachine.id, state: 'Running' }])
    const { virtualmachine: stopped } = await ask('stop', 'virtualmachine', `id=${virtualmachine.id}`)
    assert.equal(stopped.state, 'Stopped')
    await ask('destroy', 'virtualmachine', `id=${virtualmachine.id}`, 'expunge=true')
    assert.deepEqual(await ask('list', 'virtualmachines', 'listall=true'), {})
    assert.deepEqual(zone.fleet.domains(), [], 'no guest is left on a host')
  })

  test('deploys without waiting and asks for the job itself', async () => {
    await set('asyncblock', 'false')
    try {
      const { id, jobid } = await ask('deploy', 'virtualmachine', 'name=cmk2', ...size())
      assert.match(id, /^[0-9a-f-]{36}$/)
      let job: Body = {}
      for (let tries = 0; tries < 100 && job.jobstatus !== 1; tries++) {
        job = await ask('query', 'asyncjobresult', `jobid=${jobid}`)
        assert.notEqual(job.jobstatus, 2, JSON.stringify(job))
      }
      assert.equal(job.jobresult.virtualmachine.name, 'cmk2')
      await ask('destroy', 'virtualmachine', `id=${id}`, 'expunge=true')
    } finally {
      await set('asyncblock', 'true')
    }
  })

  test('shows refusals with their numbers and ends with 1', async () => {
    const unknown = await cmk('list', 'zones', 'id=nowhere')
    assert.equal(unknown.code, 1)
    assert.match(unknown.stdout, /HTTP 431, error code \d+\) .*Invalid parameter id value=nowhere/)
    // A job that fails is told with its result.
    const refused = await cmk('deploy', 'virtualmachine', 'name=not a host name!', ...size())
    assert.equal(refused.code, 1)
    assert.match(refused.stdout, /431|name/)
  })

  test('logs in by password, with its own session', async () => {
    const account = await zone.server.addAccount('tenant', 'User')
    const password = await hashPassword('a tenant', zone.server.ctx.runtime.randomBytes)
    await zone.server.ctx.db.updateTable('user').set({ password }).where('id', '=', account.userId).execute()
    await set('profile', 'tenant')
    try {
      await set('url', zone.endpoint)
      await set('username', 'tenant')
      await set('password', 'a tenant')
      await set('domain', '/')
      const synced = await cmk('sync')
      assert.match(synced.stdout, /Discovered \d+ APIs/)
      const { account: accounts } = await ask('list', 'accounts', 'filter=name')
      assert.deepEqual(accounts, [{ name: 'tenant' }])
      await set('password', 'wrong')
      const refused = await cmk('list', 'zones')
      assert.equal(refused.code, 1)
      assert.match(refused.stdout, /failed to authenticate/)
    } finally {
      await set('profile', 'localcloud')
    }
  })
})
