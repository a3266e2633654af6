import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after, before, test } from 'node:test'
import { systemRuntime } from '../../packages/core/src/index.ts'
import { createLab, type Lab, labPackages, missingPackages } from '../../packages/lab/src/index.ts'
import { registerKeys } from '../../packages/server/src/auth/user-keys.ts'
import { transact } from '../../packages/server/src/db/transaction.ts'
import { serverPublicKey } from '../../packages/server/src/host/index.ts'
import { createLogger } from '../../packages/server/src/log/logger.ts'
import { type Server, startServer } from '../../packages/server/src/server.ts'
import { signedQuery } from '../../packages/server/src/testing/test-server.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
type Body = any

const missing = process.getuid?.() === 0 ? await missingPackages(labPackages) : ['root']
const skip = missing.length === 0 ? false : `the lab needs ${missing.join(', ')}`

let lab: Lab
let server: Server
let call: (command: string, params: Record<string, string>) => Promise<Body>
let place: { zoneid: string; podid: string; clusterid: string }
const lines: string[] = []
const directory = mkdtempSync(join(process.env.ALTO_TEST_DIR ?? tmpdir(), 'alto-add-host-'))

before(async () => {
  if (skip) return
  lab = await createLab({ dir: join(directory, 'lab'), hosts: 1 })
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  server = await startServer({
    runtime: systemRuntime(),
    log: createLogger({ level: 'debug', stream }),
    dataDir: join(directory, 'server'),
    port: 0,
    bind: '127.0.0.1',
    publicBind: lab.serverIp,
    agentPort: 0,
  })
  const keys = await transact(server.ctx, (tx) => registerKeys(tx, server.ctx, 2))
  call = async (command, params) => {
    const body = signedQuery({ command, response: 'json', ...params }, keys)
    const answer = await fetch(`http://127.0.0.1:${server.ports.http}/client/api`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    const [content] = Object.values((await answer.json()) as Record<string, Body>)
    if (answer.status !== 200) throw Object.assign(new Error(content.errortext), { errorcode: content.errorcode })
    return content
  }
  const dns = { dns1: '10.0.0.1', internaldns1: '10.0.0.1' }
  const zone = await call('createZone', { name: 'z1', networktype: 'Advanced', ...dns })
  const zoneid = zone.zone.id
  const range = { gateway: lab.serverIp, netmask: '255.255.255.0', startip: lab.serverIp.replace(/\d+$/, '200') }
  const podid = (await call('createPod', { name: 'p1', zoneid, ...range })).pod.id
  const names = { clustername: 'c1', clustertype: 'CloudManaged', hypervisor: 'KVM' }
  const clusterid = (await call('addCluster', { zoneid, podid, ...names })).cluster[0].id
  place = { zoneid, podid, clusterid }
})

after(async () => {
  await server?.stop()
  await lab?.down()
  rmSync(directory, { recursive: true, force: true })
})

const add = (more: Record<string, string>): Promise<Body> =>
  call('addHost', { ...place, hypervisor: 'KVM', url: `http://${lab.host('h1').ip}`, ...more })

test('addHost refuses with the cause by name and changes nothing', { skip, timeout: 240_000 }, async () => {
  const host = lab.host('h1')
  await assert.rejects(add({ username: 'root', password: 'wrong' }), /Authentication failed for root@/)
  await assert.rejects(add({ username: 'plain', password: host.password }), /cannot become root/)
  await assert.rejects(add({ username: 'root', password: host.password }), /vmx|KVM/)
  const allow = { name: 'alto.kvm.emulation.allowed', value: 'true', clusterid: place.clusterid }
  await call('updateConfiguration', allow)
  await host.exec(['systemctl', 'stop', 'libvirtd.socket', 'libvirtd-ro.socket', 'libvirtd-admin.socket', 'libvirtd'])
  await assert.rejects(add({ username: 'root', password: host.password }), /check libvirtd/)
  await host.exec(['systemctl', 'start', 'libvirtd.socket'])
  await host.setClock(-30)
  await assert.rejects(add({ username: 'root', password: host.password }), /check clock: .*behind/)
  const dry = await add({ username: 'root', password: host.password, dryrun: 'true' })
  assert.equal(dry.dryrun.refusals[0].code, 'host.clock')
  await host.setClock(0)
  await lab.cut('h1', 'server')
  await assert.rejects(add({ username: 'root', password: host.password }), /Unable to reach host/)
  await lab.heal()
  const wrong = `SHA256:${'A'.repeat(43)}`
  await assert.rejects(add({ username: 'root', password: host.password, hostkey: wrong }), /host key/)
  assert.equal((await call('listHosts', {})).host, undefined)
  const left = await host.exec(['dpkg-query', '-W', 'altostack-agent'])
  assert.notEqual(left.code, 0)
  assert.ok(lines.some((line) => line.includes('Unable to reach host')))
  assert.ok(lines.some((line) => line.includes('Authentication failed')))
})

test('addHost makes a lab host Up, by password through sudo, then again by key', {
  skip,
  timeout: 600_000,
}, async (t) => {
  const host = lab.host('h1')
  const began = systemRuntime().monotonic()
  const added = (await add({ username: 'ops', password: host.password, hosttags: 'lab' })).host[0]
  assert.equal(added.state, 'Up')
  assert.equal(added.hosttags, 'lab')
  assert.equal(added.details['alto.acceleration'], 'tcg')
  const steps = await server.ctx.db
    .selectFrom('workflow_step')
    .innerJoin('workflow_run', 'workflow_run.id', 'workflow_step.run_id')
    .select(['workflow_step.name', 'started_at', 'ended_at'])
    .where('workflow_run.name', '=', 'host.add')
    .where('workflow_run.status', '=', 'succeeded')
    .execute()
  const times = steps.map((step) => `${step.name} ${Number(step.ended_at) - step.started_at} ms`).join(', ')
  t.diagnostic(`addHost took ${Math.round(systemRuntime().monotonic() - began)} ms: ${times}`)
  const properties = (await host.exec(['cat', '/etc/cloudstack/agent/agent.properties'])).stdout
  assert.match(properties, /^private\.network\.device=cloudbr0$/m)
  assert.match(properties, new RegExp(`^host=${lab.serverIp}`, 'm'))
  assert.equal((await add({ username: 'ops', password: host.password })).host[0].id, added.id)
  const key = await serverPublicKey(server.ctx)
  await host.exec(['sh', '-c', 'mkdir -p /root/.ssh && echo "$0" >> /root/.ssh/authorized_keys', key])
  await host.exec(['systemctl', 'stop', 'altostack-agent'])
  await host.exec(['rm', '/etc/cloudstack/agent/cloud.crt'])
  const repaired = (await add({ username: 'root' })).host[0]
  assert.equal(repaired.id, added.id)
  assert.equal(repaired.state, 'Up')
  const stored = JSON.stringify(await server.ctx.db.selectFrom('async_job').selectAll().execute())
  const runs = JSON.stringify(await server.ctx.db.selectFrom('workflow_run').selectAll().execute())
  assert.ok(!stored.includes(host.password) && !runs.includes(host.password))
  assert.ok(!lines.some((line) => line.includes(host.password)))
  await call('deleteHost', { id: added.id, forced: 'true' })
  assert.equal((await call('listHosts', {})).host, undefined)
})
