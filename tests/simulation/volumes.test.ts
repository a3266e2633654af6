import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { FaultPoint, SimulatedHost } from '@altostack/simulator'
import { snapshotPath } from '../../packages/server/src/snapshot/image-store.ts'
import { contentHash } from '../../packages/simulator/src/content.ts'
import { mulberry32 } from '../../packages/testkit/src/simulated-runtime.ts'
import { heal } from './chaos.ts'
import { carryOut } from './kill-scenarios.ts'
import { findWrongs, isQuiet } from './oracle.ts'
import { settle } from './run-seed.ts'
import {
  diskRow,
  nextOrder,
  type Pick,
  ready,
  seenOn,
  type Truth,
  writeAtRest,
  writeByGuest,
} from './volume-operations.ts'
import { createWorld, hostsUp, type Loose, type Params, type SimulatedWorld } from './world.ts'
import { createZoneFile, type ZoneFile } from './zone-file.ts'

const full = process.env.ALTO_TEST_FULL === '1'
const operations = Number(process.env.ALTO_TEST_OPERATIONS ?? (full ? 1000 : 100))
const seeds =
  process.env.ALTO_TEST_SEED === undefined ? (full ? [1, 2, 3, 4, 5] : [1, 2]) : [Number(process.env.ALTO_TEST_SEED)]
const downMs = 3000

const methods = [
  'volume.create',
  'volume.attach',
  'volume.detach',
  'volume.resize',
  'volume.copy',
  'volume.mirror',
  'volume.mirror.end',
  'volume.fetch',
  'volume.remove',
  'snapshot.take',
  'snapshot.upload',
  'snapshot.remove',
  'vm.snapshot.create',
  'vm.snapshot.revert',
  'vm.snapshot.remove',
  'vm.start',
  'vm.stop',
  'job.poll',
] as const
const struckCalls = Object.fromEntries(methods.map((name) => [name, true]))
const moments: readonly FaultPoint[] = [
  'lost-request',
  'lost-reply',
  'before-effect',
  'after-effect',
  'crash-before-effect',
  'crash-after-effect',
]

let zoneFile: ZoneFile
before(async () => {
  zoneFile = await createZoneFile(3, 10)
})
after(() => zoneFile.remove())

for (const seed of seeds) {
  test(`${operations} operations on volumes with kills, seed ${seed}: every disk holds what was written to it`, async () => {
    const { succeeded, failed, blows } = await campaign(seed)
    const done = Object.values(succeeded).reduce((a, b) => a + b, 0)
    assert.ok(done >= operations * 0.6, `${done} of ${operations} succeeded: ${JSON.stringify({ succeeded, failed })}`)
    assert.ok(blows >= operations / 5, `${blows} blows`)
    // Too rare for a few operations each; over all of them none may be missing.
    for (const name of ['attachVolume', 'migrateVolume', 'createSnapshot', 'revertSnapshot', 'createVMSnapshot']) {
      assert.ok((succeeded[name] ?? 0) >= operations / 100, `${name}: ${succeeded[name]}`)
    }
  })
}

test('a disk moves under its guest, and whatever dies at whichever call, it has all that the guest wrote', async () => {
  const world = await createWorld({ seed: 1, zoneFile })
  try {
    const { pools, offering } = await prepare(world)
    const truth: Truth = { disks: [], snapshots: [], guests: [], written: 0 }
    const guest = await deploy(world)
    const size = { diskofferingid: offering, size: 1, zoneid: world.zone.zone, storageid: pools[0]! }
    const made = await carryOut(world, 'createVolume', { name: 'data', ...size })
    const disk = { uuid: String(made.body.id), content: 'blank' }
    truth.disks.push(disk)
    await carryOut(world, 'attachVolume', { id: disk.uuid, virtualmachineid: guest })
    let moved = 0
    let ended = 0
    for (const victim of victims) {
      for (let nth = 0; nth < 4; nth++) {
        for (const delayMs of [0, 3, 6]) {
          const where = `${victim} dies ${delayMs} ms after call ${nth}`
          if (diskRow(world, disk.uuid).vm_state === 'Stopped')
            await carryOut(world, 'startVirtualMachine', { id: guest })
          const from = diskRow(world, disk.uuid).pool
          const during = { over: false }
          armAtCall(world, victim, nth, delayMs, during)
          const to = { volumeid: disk.uuid, storageid: pools.find((pool) => pool !== from)!, livemigrate: true }
          const answer = await ask(world, 'migrateVolume', to)
          assert.equal(answer.status, 200, `${where}: ${JSON.stringify(answer.body)}`)
          for (let ms = 0; ms < 80; ms++) {
            writeByGuest(world, truth, disk)
            await world.advance(1)
          }
          during.over = true
          await rest(world, where)
          verify(world, truth, undefined, where)
          if (diskRow(world, disk.uuid).pool !== from) moved++
          ended++
        }
      }
    }
    assert.ok(moved > ended / 2, `${moved} of ${ended} moved`)
    // The effect is there, the agent dies before it has noted it, the guest goes on writing, and then it dies too.
    for (const method of ['volume.mirror', 'volume.mirror.end'] as const) {
      if (diskRow(world, disk.uuid).vm_state === 'Stopped') await carryOut(world, 'startVirtualMachine', { id: guest })
      const from = diskRow(world, disk.uuid).pool
      for (const host of world.fleet.hosts()) host.fail(method, { when: 'crash-after-effect' })
      const to = { volumeid: disk.uuid, storageid: pools.find((pool) => pool !== from)!, livemigrate: true }
      assert.equal((await ask(world, 'migrateVolume', to)).status, 200)
      const died = (): SimulatedHost | undefined => world.fleet.hosts().find((host) => host.state() === 'crashed')
      await world.until(`an agent dies after ${method}`, () => died() !== undefined, { maxMs: 60_000, stepMs: 1 })
      assert.ok(writeByGuest(world, truth, disk), 'the guest lives on')
      for (const { instanceName } of died()!.domains()) died()!.endGuest(instanceName, 'crashed')
      await rest(world, method)
      verify(world, truth, undefined, `guest and agent die after the effect of ${method}`)
    }
    assert.deepEqual(await settle(world), [])
  } finally {
    world.close()
  }
})

async function deploy(world: SimulatedWorld): Promise<string> {
  const { offering, template, zone } = world.zone
  const deployed = await carryOut(world, 'deployVirtualMachine', {
    serviceofferingid: offering,
    templateid: template,
    zoneid: zone,
  })
  return String(deployed.body.id)
}

async function campaign(seed: number) {
  const random = mulberry32(seed)
  const pick: Pick = (all) => all[Math.floor(random() * all.length)] as never
  const world = await createWorld({ seed, zoneFile })
  const succeeded: Record<string, number> = {}
  const failed: Record<string, number> = {}
  let blows = 0
  try {
    const means = await prepare(world)
    const truth: Truth = { disks: [], snapshots: [], guests: [], written: 0 }
    for (let at = 0; at < 2; at++) {
      truth.guests.push({ uuid: await deploy(world), snapshots: [] })
    }
    for (let at = 0; at < operations; at++) {
      for (const disk of ready(world, truth)) {
        if (random() < 0.4 && !writeByGuest(world, truth, disk)) writeAtRest(world, truth, disk)
      }
      const order = nextOrder(world, truth, pick, means)
      const answer = await ask(world, order.command, order.params)
      const where = `seed ${seed}, operation ${at}, ${order.name} ${JSON.stringify(order.params)}`
      assert.equal(answer.status, 200, `${where} was refused: ${JSON.stringify(answer.body)}`)
      const struck: string[] = []
      const during = { over: false }
      for (let chance = 0.5; random() < chance; chance = 0.25) struck.push(strike(world, random, pick, during))
      blows += struck.length
      // A guest writes while its disk is moved.
      const moving =
        order.name === 'migrateVolume' ? truth.disks.find(({ uuid }) => uuid === order.params.volumeid) : undefined
      for (let turn = 0; turn < 4; turn++) {
        await world.advance(random() * 40)
        if (moving !== undefined) writeByGuest(world, truth, moving)
      }
      await world.advance(random() * 8000)
      // What comes later would find nobody who brings it back.
      during.over = true
      await rest(world, where)
      const [job] = world.rows('select job_status, job_result from async_job where uuid = ?', answer.body.jobid)
      const ok = job.job_status === 1
      if (!ok && struck.length === 0) assert.fail(`${where} failed undisturbed: ${job.job_result}`)
      const counts = ok ? succeeded : failed
      counts[order.name] = (counts[order.name] ?? 0) + 1
      if (ok) order.done?.(answer.body)
      verify(world, truth, ok ? undefined : order.may, `${where}; struck: ${struck.join(', ')}`)
    }
    const wrongs = await settle(world)
    assert.deepEqual(wrongs, [], `seed ${seed}`)
    verify(world, truth, undefined, `seed ${seed}, at the end`)
    return { succeeded, failed, blows }
  } catch (error) {
    if (process.env.ALTO_TEST_LOG !== undefined) process.stderr.write(`${world.trace.lines().slice(-150).join('\n')}\n`)
    throw error
  } finally {
    world.close()
  }
}

async function ask(world: SimulatedWorld, command: string, params: Params): Promise<{ status: unknown; body: Loose }> {
  for (let at = 0; ; at++) {
    const answers: { status: unknown; body: Loose }[] = []
    world.api(command, params).then((given) => answers.push(given))
    await world.until(`${command} is answered`, () => answers.length > 0, { maxMs: 60_000, stepMs: 5 })
    const answer = answers[0]!
    // What an earlier move left is still being cleared away; it says so, and a client asks again.
    if (at >= 50 || !/still (being removed|running)/.test(String(answer.body?.errortext))) return answer
    await world.advance(1000)
  }
}

/** A second pool, and an offering of any size. */
async function prepare(world: SimulatedWorld) {
  const { zone } = world
  const place = world.rows('select uuid from cluster')[0].uuid
  const pod = world.rows('select uuid from host_pod_ref')[0].uuid
  const made = await carryOut(world, 'createStoragePool', {
    zoneid: zone.zone,
    podid: pod,
    clusterid: place,
    name: 'second',
    scope: 'CLUSTER',
    url: 'SharedMountPoint://localhost/second',
  })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  const offering = await carryOut(world, 'createDiskOffering', { name: 'any', displaytext: 'any', customized: true })
  assert.equal(offering.status, 200, JSON.stringify(offering.body))
  return {
    pools: world.rows('select uuid from storage_pool where removed is null').map(({ uuid }) => String(uuid)),
    offering: String(offering.body.diskoffering.id),
  }
}

/** One thing that is killed or broken, soon. */
function strike(world: SimulatedWorld, random: () => number, pick: Pick, during: { readonly over: boolean }): string {
  const host = pick(world.fleet.hosts())
  const soon = (act: () => unknown): void => {
    world.runtime.after(random() * (random() < 0.7 ? 120 : 6000), () => during.over || act())
  }
  if (random() < 0.4) return strikeAtCall(world, random, pick, during)
  const at = random()
  if (at < 0.25) {
    soon(() => world.killServer(random() * downMs))
    return 'server'
  }
  if (at < 0.4) {
    soon(() => host.state() === 'running' && host.crash())
    return `agent of ${host.profile.name}`
  }
  if (at < 0.5) {
    soon(() => host.state() !== 'off' && host.powerOff())
    return `power of ${host.profile.name}`
  }
  if (at < 0.6) {
    soon(() => {
      const domain = host.domains()[0]
      if (domain !== undefined) host.endGuest(domain.instanceName, 'crashed')
    })
    return `guest of ${host.profile.name}`
  }
  const [method, when] = [pick(methods), pick(moments)]
  for (const one of world.fleet.hosts()) one.fail(method, { when })
  return `${method} ${when}`
}

const victims = ['server', 'agent', 'power', 'guest'] as const
type Victim = (typeof victims)[number]

/** Kills around one of the first calls that an order makes to a host: between two calls lie a few ms only. */
function strikeAtCall(
  world: SimulatedWorld,
  random: () => number,
  pick: Pick,
  during: { readonly over: boolean },
): string {
  const victim = pick(victims)
  armAtCall(world, victim, Math.floor(random() * 4), random() * 6, during)
  return `${victim} at a call`
}

function armAtCall(
  world: SimulatedWorld,
  victim: Victim,
  nth: number,
  delayMs: number,
  during: { readonly over: boolean },
): void {
  let left = nth
  world.onCall = (host, method) => {
    if (!(method in struckCalls) || left-- !== 0) return
    world.runtime.after(delayMs, () => {
      if (during.over) return
      if (victim === 'server') world.killServer(downMs)
      else if (victim === 'agent') host.state() === 'running' && host.crash()
      else if (victim === 'power') host.state() !== 'off' && host.powerOff()
      else for (const { instanceName } of host.domains()) host.endGuest(instanceName, 'crashed')
    })
  }
}

/** Everything works again, nothing is under way, and rows say of each guest what is true of it. */
async function rest(world: SimulatedWorld, where: string): Promise<void> {
  world.onCall = () => undefined
  heal(world)
  await world.until(`${where} ends`, () => isQuiet(world), { maxMs: 7_200_000, stepMs: 200 })
  const settled = (): boolean =>
    isQuiet(world) && hostsUp(world) && !findWrongs(world).some((wrong) => /^i-\d+-\d+-VM|guest /.test(wrong))
  await world.until(`${where} rests`, settled, { maxMs: 7_200_000, stepMs: 1000 }).catch((error: unknown) => {
    throw new Error(findWrongs(world).join('; '), { cause: error })
  })
}

function verify(
  world: SimulatedWorld,
  truth: Truth,
  may: ReadonlyMap<string, string> | undefined,
  where: string,
): void {
  for (const disk of truth.disks) {
    const row = diskRow(world, disk.uuid)
    assert.ok(row?.state === 'Ready' || row?.state === 'Allocated', `${where}: disk ${disk.uuid} is ${row?.state}`)
    if (row.state === 'Allocated') continue
    const seen = seenOn(world, disk.uuid)
    const other = may?.get(disk.uuid)
    if (other !== undefined && seen === contentHash(other)) disk.content = other
    assert.equal(seen, contentHash(disk.content), `${where}: disk ${disk.uuid} does not hold "${disk.content}"`)
  }
  for (const { uuid, content } of truth.snapshots) {
    const image = readFileSync(snapshotPath(join(world.dataDir), `${uuid}.qcow2`))
    assert.equal(createHash('sha256').update(image).digest('hex'), contentHash(content), `${where}: snapshot ${uuid}`)
  }
}
