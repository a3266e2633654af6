import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '@altostack/api'
import { until } from '../lab-environment/until.ts'
import { blank, type Content, differences, MIB, places, written } from './oracle.ts'
import { filesOf, type World } from './world.ts'

type Volume = { readonly id: string; content: Content; sizeGib: number }
type Snapshot = { readonly id: string; readonly volume: string; readonly content: Content; readonly sizeGib: number }
type Vm = {
  readonly id: string
  readonly instanceName: string
  snapshots: { id: string; contents: Map<string, Content> }[]
}
type Row = Readonly<Record<string, unknown>>

export type Report = {
  readonly operations: Readonly<Record<string, number>>
  readonly kills: number
  readonly failed: number
}

const states = { volume: ['Ready', 'Allocated'], vm: ['Running', 'Stopped'] }

/**
 * Does operations on volumes in an order, and with kills of the server and of the agent at moments, that follow from a
 * seed. Keeps for itself what was written to each disk and reads it back after every operation.
 */
export async function runCampaign(
  world: World,
  options: { readonly operations: number; readonly random: () => number },
): Promise<Report> {
  const { client } = world
  const random = options.random
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  const volumes: Volume[] = []
  const snapshots: Snapshot[] = []
  const vms: Vm[] = []
  const counts: Record<string, number> = {}
  let kills = 0
  let failed = 0
  let next = 0

  const row = async (volume: Volume): Promise<Row> => {
    const { items } = await client.list('listVolumes', { id: volume.id })
    return (items[0] ?? {}) as Row
  }
  const vmRow = async (vm: Vm): Promise<Row> =>
    ((await client.list('listVirtualMachines', { id: vm.id })).items[0] ?? {}) as Row
  const pathOf = (volume: Row): string => {
    const pool = world.pools.find((one) => one.id === volume.storageid)
    assert.ok(pool, JSON.stringify(volume))
    return join(pool.path, String(volume.id))
  }

  /** One job, perhaps with a kill on its way; answers whether it succeeded. */
  async function job(
    name: string,
    start: () => Promise<{ jobid: string; id?: unknown }>,
  ): Promise<{ ok: boolean; id: string }> {
    counts[name] = (counts[name] ?? 0) + 1
    let begun: { jobid: string; id?: unknown }
    try {
      begun = await start()
    } catch (error) {
      // Refused at once: nothing has happened.
      if (error instanceof ApiError) return { ok: false, id: '' }
      throw error
    }
    if (random() < 0.4) {
      kills++
      await sleep(random() * 500)
      await (random() < 0.5 ? world.killServer() : world.killAgent())
      if (random() < 0.2) await world.killAgent()
      await world.heal()
    }
    const ok = await client.wait(begun.jobid, { timeoutMs: 120_000 }).then(
      () => true,
      (error: unknown) => {
        // A job that does not end is a failure of the campaign; one that ends badly is not.
        if (!(error instanceof ApiError) || error.errorcode === 408) throw error
        if (process.env.ALTO_TEST_LOG !== undefined) process.stderr.write(`${name}: ${error.message}\n`)
        failed++
        return false
      },
    )
    return { ok, id: String(begun.id ?? '') }
  }

  async function write(volume: Volume): Promise<void> {
    counts.write = (counts.write ?? 0) + 1
    const now = await row(volume)
    if (now.state !== 'Ready') return
    const place = pick(places)
    const byte = 1 + Math.floor(random() * 254)
    const path = pathOf(now)
    const command = `write -P ${byte} ${place} ${MIB}`
    const vm = vms.find((one) => one.id === now.virtualmachineid)
    if (vm !== undefined && now.vmstate === 'Running') {
      await world.guestIo(vm.instanceName, path, command)
      await world.guestIo(vm.instanceName, path, 'flush')
    } else execFileSync('qemu-io', ['-f', 'qcow2', '-c', command, path], { stdio: 'pipe' })
    volume.content = written(volume.content, place, byte)
  }

  /** What may be on the disk: more than one only where a job failed after its effect. */
  function verifyOne(where: string, path: string, allowed: readonly Content[]): Content {
    const seen = allowed.map((content) => ({ content, different: differences(path, content) }))
    const found = seen.find(({ different }) => different.length === 0)
    assert.ok(found, `${where}: ${seen.map(({ different }) => different.join(', ')).join(' | ')}`)
    return found.content
  }

  async function verify(what: string): Promise<void> {
    for (const volume of volumes) {
      const now = await row(volume)
      assert.ok(states.volume.includes(String(now.state)), `after ${what} volume ${volume.id} is ${now.state}`)
      if (now.state === 'Ready') verifyOne(`after ${what} volume ${volume.id}`, pathOf(now), [volume.content])
    }
    const snapshot = snapshots.length === 0 ? undefined : pick(snapshots)
    if (snapshot !== undefined) {
      const path = join(world.storeDir, `${snapshot.id}.qcow2`)
      verifyOne(`after ${what} snapshot ${snapshot.id}`, path, [snapshot.content])
    }
  }

  const operations: Readonly<Record<string, { readonly weight: number; readonly run: () => Promise<void> }>> = {
    create: {
      weight: 2,
      async run() {
        if (volumes.length >= 6) return
        const placed = random() < 0.5
        const { ok, id } = await job('createVolume', () =>
          client.start('createVolume', {
            name: `v${++next}`,
            diskofferingid: world.offeringId,
            size: 1,
            zoneid: world.zoneId,
            ...(placed ? { storageid: pick(world.pools).id } : {}),
          }),
        )
        if (ok) volumes.push({ id, content: blank, sizeGib: 1 })
      },
    },
    write: {
      weight: 8,
      async run() {
        if (volumes.length > 0) await write(pick(volumes))
      },
    },
    attach: {
      weight: 5,
      async run() {
        const volume = pick(volumes)
        if (volume === undefined) return
        await job('attachVolume', () => client.start('attachVolume', { id: volume.id, virtualmachineid: pick(vms).id }))
      },
    },
    detach: {
      weight: 4,
      async run() {
        const volume = pick(volumes)
        if (volume === undefined) return
        await job('detachVolume', () => client.start('detachVolume', { id: volume.id }))
      },
    },
    resize: {
      weight: 3,
      async run() {
        const volume = pick(volumes)
        if (volume === undefined || volume.sizeGib >= 4) return
        await job('resizeVolume', () => client.start('resizeVolume', { id: volume.id, size: volume.sizeGib + 1 }))
        volume.sizeGib = Number((await row(volume)).size) / 1024 ** 3
      },
    },
    migrate: {
      weight: 4,
      async run() {
        const volume = pick(volumes)
        if (volume === undefined) return
        await job('migrateVolume', () =>
          client.start('migrateVolume', { volumeid: volume.id, storageid: pick(world.pools).id }),
        )
      },
    },
    snapshot: {
      weight: 4,
      async run() {
        const volume = pick(volumes)
        if (volume === undefined || snapshots.length >= 6) return
        const { content, sizeGib } = volume
        const { ok, id } = await job('createSnapshot', () => client.start('createSnapshot', { volumeid: volume.id }))
        if (ok) snapshots.push({ id, volume: volume.id, content, sizeGib })
      },
    },
    revert: {
      weight: 3,
      async run() {
        const snapshot = pick(snapshots)
        const volume = volumes.find((one) => one.id === snapshot?.volume)
        if (snapshot === undefined || volume === undefined) return
        const before = volume.content
        const { ok } = await job('revertSnapshot', () => client.start('revertSnapshot', { id: snapshot.id }))
        const now = await row(volume)
        if (now.state !== 'Ready') return
        volume.content = verifyOne('revert', pathOf(now), ok ? [snapshot.content] : [before, snapshot.content])
        volume.sizeGib = Number(now.size) / 1024 ** 3
      },
    },
    restore: {
      weight: 2,
      async run() {
        const snapshot = pick(snapshots)
        if (snapshot === undefined || volumes.length >= 6) return
        const { ok, id } = await job('createVolume of a snapshot', () =>
          client.start('createVolume', { name: `v${++next}`, snapshotid: snapshot.id }),
        )
        if (ok) volumes.push({ id, content: snapshot.content, sizeGib: snapshot.sizeGib })
      },
    },
    unsnapshot: {
      weight: 1,
      async run() {
        const snapshot = pick(snapshots)
        if (snapshot === undefined) return
        const { ok } = await job('deleteSnapshot', () => client.start('deleteSnapshot', { id: snapshot.id }))
        if (!ok) return
        snapshots.splice(snapshots.indexOf(snapshot), 1)
        assert.equal(existsSync(join(world.storeDir, `${snapshot.id}.qcow2`)), false)
      },
    },
    vmSnapshot: {
      weight: 3,
      async run() {
        const vm = pick(vms)
        if (vm.snapshots.length >= 2) return
        const { ok, id } = await job('createVMSnapshot', () =>
          client.start('createVMSnapshot', { virtualmachineid: vm.id, snapshotmemory: false }),
        )
        if (ok) vm.snapshots.push({ id, contents: await contentsOf(vm) })
      },
    },
    vmRevert: {
      weight: 2,
      async run() {
        const vm = pick(vms)
        const snapshot = pick(vm.snapshots)
        if (snapshot === undefined || (await vmRow(vm)).state !== 'Stopped') return
        const { ok } = await job('revertToVMSnapshot', () =>
          client.start('revertToVMSnapshot', { vmsnapshotid: snapshot.id }),
        )
        for (const [id, content] of snapshot.contents) {
          const volume = volumes.find((one) => one.id === id)
          if (volume === undefined) continue
          const now = await row(volume)
          volume.content = verifyOne('revertToVMSnapshot', pathOf(now), ok ? [content] : [volume.content, content])
        }
      },
    },
    vmUnsnapshot: {
      weight: 3,
      async run() {
        const vm = pick(vms)
        const snapshot = pick(vm.snapshots)
        if (snapshot === undefined) return
        const { ok } = await job('deleteVMSnapshot', () =>
          client.start('deleteVMSnapshot', { vmsnapshotid: snapshot.id }),
        )
        if (ok) vm.snapshots = vm.snapshots.filter((one) => one !== snapshot)
      },
    },
    power: {
      weight: 3,
      async run() {
        const vm = pick(vms)
        const runs = (await vmRow(vm)).state === 'Running'
        await job(runs ? 'stopVirtualMachine' : 'startVirtualMachine', () =>
          runs
            ? client.start('stopVirtualMachine', { id: vm.id, forced: true })
            : client.start('startVirtualMachine', { id: vm.id }),
        )
      },
    },
    remove: {
      weight: 1,
      async run() {
        const volume = pick(volumes)
        if (volume === undefined || volumes.length < 3) return
        const { ok } = await job('destroyVolume', () => client.start('destroyVolume', { id: volume.id, expunge: true }))
        if (ok) volumes.splice(volumes.indexOf(volume), 1)
      },
    },
  }

  async function contentsOf(vm: Vm): Promise<Map<string, Content>> {
    const { items } = await client.list('listVolumes', { virtualmachineid: vm.id })
    return new Map(
      volumes
        .filter((volume) => items.some((item) => item.id === volume.id))
        .map((volume) => [volume.id, volume.content]),
    )
  }

  for (const name of ['a', 'b']) vms.push({ ...(await world.deploy(name)), snapshots: [] })
  // Without disks most of the wheel would do nothing.
  while (volumes.length < 2) await operations.create?.run()
  const wheel = Object.entries(operations).flatMap(([name, { weight }]) => Array<string>(weight).fill(name))
  for (let at = 0; at < options.operations; at++) {
    const name = pick(wheel)
    await operations[name]?.run()
    await verify(`operation ${at}, ${name}`)
  }
  await assertTidy(world, volumes)
  return { operations: counts, kills, failed }
}

/** When everything has ended the pools hold the disks, the templates and nothing else; nothing is claimed for nobody. */
async function assertTidy(world: World, volumes: readonly Volume[]): Promise<void> {
  const { client } = world
  await until('nothing is left half done', 60_000, async () => {
    const { items } = await client.list('listVolumes', { listall: true })
    const rows = items as readonly Row[]
    for (const pool of world.pools) {
      const wanted = rows.filter((one) => one.storageid === pool.id).map((one) => String(one.id))
      const files = filesOf(pool.path)
      const templates = files.filter((name) => name.startsWith('.template-')).map((name) => name.slice(10))
      const extra = files.filter(
        (name) => !wanted.includes(name) && !templates.includes(name) && !name.startsWith('.template-'),
      )
      if (extra.length > 0) throw new Error(`${pool.path} has ${extra.join(', ')}`)
      const { items: listed } = await client.list('listStoragePools', { id: pool.id })
      const held = rows.filter((one) => one.storageid === pool.id).reduce((sum, one) => sum + Number(one.size), 0)
      const allocated = Number((listed[0] as Row | undefined)?.disksizeallocated)
      if (allocated < held || allocated > held + 2 ** 30)
        throw new Error(`${pool.path}: ${allocated} allocated, ${held} held`)
    }
    return true
  })
  assert.ok(volumes.length >= 2, 'the campaign lost its volumes')
}
