import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type ConsoleZone, startConsoleZone } from './console-zone.ts'

const run = promisify(execFile)
const main = join(import.meta.dirname, '../../packages/cli/src/main.ts')

let zone: ConsoleZone
let stopJob = ''
let stopped = ''
before(async () => {
  zone = await startConsoleZone({ hosts: 2, guests: ['web-1'] })
  const { directory, keys, process: server } = zone.server
  writeFileSync(
    join(directory, 'instance.json'),
    JSON.stringify({ dataDir: directory, ports: { api: server.ports.http } }),
  )
  writeFileSync(join(directory, 'admin-keys.json'), JSON.stringify(keys), { mode: 0o600 })
  const vm = (await zone.client.list('listVirtualMachines', { name: 'web-1' })).items[0]
  // The time of the start is another second than that of the stop.
  await sleep(1500)
  const job = await zone.client.start('stopVirtualMachine', { id: String(vm?.id) })
  await zone.client.wait(job.jobid)
  stopJob = job.jobid
  stopped = new Date().toISOString()
})
after(async () => {
  await zone?.stop()
})

/** `alto why …` as a person types it: its exit code and what it wrote. */
async function why(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const argv = ['--disable-warning=ExperimentalWarning', main, 'why', ...args, '--data-dir', zone.server.directory]
  return await run(process.execPath, argv).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }) => ({ code, out: String(stdout), err: String(stderr) }),
  )
}

test('of a machine: its moves, newest first, as many as asked for, and as of a time', async () => {
  const { code, out } = await why('vm', 'web-1')
  assert.equal(code, 0)
  assert.match(out, /^vm web-1 is Stopped\n/)
  assert.match(out, /Stopping → Stopped {2}vm\.stop.*Starting → Running {2}vm\.start/s)
  const one = await why('vm', 'web-1', '--limit', '1')
  assert.equal(one.out.match(/ → /g)?.length, 1)
  assert.match(one.out, /\d older moves: --limit \d/)
  const vm = (await zone.client.list('listVirtualMachines', { name: 'web-1' })).items[0]
  const started = (await zone.client.list('listEvidence', { resourceid: String(vm?.id) })).items.find(
    ({ to }) => to === 'Running',
  )
  const then = await why('vm', String(vm?.id), '--at', String(started?.time).replace('+0000', 'Z'))
  assert.match(then.out, /^vm web-1 as of .*; it is Stopped now\n/)
  assert.match(then.out, /Starting → Running/)
  assert.doesNotMatch(then.out, /Stopped {2}vm\.stop/)
  const later = await why('vm', 'web-1', '--at', stopped, '--json')
  const told = JSON.parse(later.out) as { name: string; state: string; count: number; moves: { cause: string }[] }
  assert.deepEqual([told.name, told.state, told.moves[0]?.cause], ['web-1', 'Stopped', 'vm.stop'])
})

test('of a host, a pool and a job', async () => {
  assert.match((await why('host', 'sim1')).out, /^host sim1 is Up\n.*Connecting → Up/s)
  assert.match((await why('pool', 'primary1')).out, /^pool primary1 is Up\n/)
  const job = await why('job', stopJob)
  assert.match(job.out, /^job [\w-]+: stopVirtualMachine, done, since .*\n {4}\w+: done/)
  const json = JSON.parse((await why('job', stopJob, '--json')).out) as { jobstatus: number }
  assert.equal(json.jobstatus, 1)
})

test('what is not there, is there twice or makes no sense is said so', async () => {
  const nobody = await why('vm', 'web-9')
  assert.equal(nobody.code, 1)
  assert.match(nobody.err, /There is no vm web-9\n.*fix: .*\n.*cli\.not-found/s)
  assert.match((await why('job', '00000000-0000-4000-8000-000000000000')).err, /alto: .*job.*\n/i)
  for (const bad of [['vm'], ['volume', 'x'], ['vm', 'web-1', '--at', 'yesterday'], ['vm', 'web-1', '--limit', '0']])
    assert.equal((await why(...bad)).code, 1, bad.join(' '))
  // Another account may give its machine the same name in a network of its own; pools may share one at any time.
  const [pool] = (await zone.client.list('listStoragePools', { name: 'primary1' })).items
  await zone.client.get('createStoragePool', {
    zoneid: zone.zoneId,
    podid: String(pool?.podid),
    clusterid: String(pool?.clusterid),
    name: 'primary1',
    scope: 'CLUSTER',
    url: 'SharedMountPoint://localhost/simulated/second',
  })
  const twice = await why('pool', 'primary1')
  assert.equal(twice.code, 1)
  assert.match(
    twice.err,
    new RegExp(`There are 2 of the name primary1[^]*${pool?.id} \\(cluster1, Up\\)[^]*cli\\.ambiguous`),
  )
  assert.equal((await why('pool', String(pool?.id))).code, 0)
})
