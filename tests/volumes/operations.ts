import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Guests } from './guests.ts'
import type { Job, Jobs } from './jobs.ts'
import { blank, type Content, differences, MIB, places, written } from './oracle.ts'
import {
  imagePath,
  ownerOf,
  type Rows,
  readRows,
  type Snapshot,
  snapshotPath,
  type Truth,
  type Vm,
  type VmSnapshot,
  type Volume,
} from './state.ts'
import type { World } from './world.ts'

export type Scene = {
  readonly world: World
  readonly truth: Truth
  readonly rows: Rows
  readonly jobs: Jobs
  readonly guests: Guests
  readonly pick: <T>(all: readonly T[]) => T
  readonly random: () => number
}
/** What an operation may be done to now; nothing: it is not chosen. */
type Operation<T> = {
  readonly weight: number
  readonly subjects: (scene: Scene) => readonly T[]
  readonly run: (scene: Scene, subject: T) => Promise<void>
}
const operation = <T>(one: Operation<T>): Operation<T> => one

const stateOf = ({ rows }: Scene, volume: Volume): string => String(rows.volumes.get(volume.id)?.state)
const isReady = (scene: Scene, volume: Volume): boolean => stateOf(scene, volume) === 'Ready'
const isFree = ({ rows }: Scene, volume: Volume): boolean => rows.volumes.get(volume.id)?.virtualmachineid === undefined
/** VM snapshots live inside the disks: while there are any, these keep their shape and place. */
const isLoose = (scene: Scene, volume: Volume): boolean =>
  (ownerOf(scene.truth, scene.rows, volume)?.vm.snapshots.length ?? 0) === 0
const runs = (scene: Scene, vm: Vm): boolean => scene.rows.vms.get(vm.id)?.state === 'Running'
const disksOf = (scene: Scene, vm: Vm): Volume[] =>
  scene.truth.volumes.filter((one) => scene.rows.volumes.get(one.id)?.virtualmachineid === vm.id)
const instanceOf = (scene: Scene, volume: Volume): string =>
  (ownerOf(scene.truth, scene.rows, volume)?.vm ?? scene.pick(scene.truth.vms)).instanceName

const most = { volumes: 6, disks: 3, snapshots: 6, vmSnapshots: 2, sizeGib: 4 }
let named = 0

/** The image is one of these; answers which. More than one only where a job failed, before or after its effect. */
async function settle(scene: Scene, volume: Volume, allowed: readonly Content[]): Promise<void> {
  const row = (await readRows(scene.world)).volumes.get(volume.id)
  assert.ok(row !== undefined, `volume ${volume.id} is gone`)
  volume.sizeGib = Number(row.size) / 1024 ** 3
  if (row.state !== 'Ready') return
  const path = imagePath(scene.world, row)
  const seen = allowed.map((content) => ({ content, different: differences(path, content) }))
  const found = seen.find(({ different }) => different.length === 0)
  assert.ok(found, `volume ${volume.id}: ${seen.map(({ different }) => different.join(', ')).join(' | ')}`)
  volume.content = found.content
}

const create = operation({
  weight: 2,
  subjects: ({ truth }) => (truth.volumes.length < most.volumes ? [undefined] : []),
  async run({ world, truth, jobs, pick, random }) {
    const placed = random() < 0.7
    const { ok, id } = await jobs.run('createVolume', pick(truth.vms).instanceName, () =>
      world.client.start('createVolume', {
        name: `v${++named}`,
        diskofferingid: world.offeringId,
        size: 1,
        zoneid: world.zoneId,
        ...(placed ? { storageid: pick(world.pools).id } : {}),
      }),
    )
    if (ok) truth.volumes.push({ id, content: blank, sizeGib: 1 })
  },
})

const write = operation({
  weight: 8,
  subjects: (scene) => scene.truth.volumes.filter((volume) => isReady(scene, volume)),
  async run(scene, volume) {
    const { world, truth, rows, guests, pick, random, jobs } = scene
    const place = pick(places)
    const byte = 1 + Math.floor(random() * 254)
    const path = imagePath(world, rows.volumes.get(volume.id) ?? {})
    const owner = ownerOf(truth, rows, volume)
    const command = `write -P ${byte} ${place} ${MIB}`
    let by = 'write at rest'
    if (owner === undefined || owner.row.state !== 'Running') {
      execFileSync('qemu-io', ['-f', 'qcow2', '-c', command, path], { stdio: 'pipe' })
    } else if (owner.vm.kind === 'blank') {
      by = 'write through the device'
      await world.guestIo(owner.vm.instanceName, path, command)
      await world.guestIo(owner.vm.instanceName, path, 'flush')
    } else {
      by = 'write by the guest'
      const shell = await guests.shell(owner.vm)
      await shell.write(volume.id, place, byte)
      // And what the guest itself reads there, from the disk, is what it wrote before.
      const other = pick(places)
      const expected = written(volume.content, place, byte).get(other) ?? 0
      const read = await shell.read(volume.id, other)
      assert.equal(read, sha256Of(expected), `the guest reads something else at ${other / MIB} MiB of ${volume.id}`)
    }
    jobs.report.succeeded[by] = (jobs.report.succeeded[by] ?? 0) + 1
    volume.content = written(volume.content, place, byte)
  },
})

const attach = operation({
  weight: 6,
  subjects: (scene) =>
    scene.truth.volumes
      .filter((volume) => isFree(scene, volume))
      .flatMap((volume) =>
        scene.truth.vms
          .filter((vm) => vm.snapshots.length === 0 && disksOf(scene, vm).length < most.disks)
          .map((vm) => ({ volume, vm })),
      ),
  async run(scene, { volume, vm }) {
    // A guest that still boots would not see the disk come.
    if (runs(scene, vm)) await scene.guests.ready(vm)
    await scene.jobs.run('attachVolume', vm.instanceName, () =>
      scene.world.client.start('attachVolume', { id: volume.id, virtualmachineid: vm.id }),
    )
  },
})

const detach = operation({
  weight: 3,
  subjects: (scene) => scene.truth.volumes.filter((volume) => !isFree(scene, volume) && isLoose(scene, volume)),
  async run(scene, volume) {
    const owner = ownerOf(scene.truth, scene.rows, volume)
    if (owner?.row.state === 'Running') await scene.guests.ready(owner.vm)
    await scene.jobs.run('detachVolume', instanceOf(scene, volume), () =>
      scene.world.client.start('detachVolume', { id: volume.id }),
    )
  },
})

const resize = operation({
  weight: 2,
  subjects: (scene) =>
    scene.truth.volumes.filter(
      (volume) => isReady(scene, volume) && isLoose(scene, volume) && volume.sizeGib < most.sizeGib,
    ),
  async run(scene, volume) {
    await scene.jobs.run('resizeVolume', instanceOf(scene, volume), () =>
      scene.world.client.start('resizeVolume', { id: volume.id, size: volume.sizeGib + 1 }),
    )
    await settle(scene, volume, [volume.content])
  },
})

const migrate = operation({
  weight: 4,
  subjects: (scene) => scene.truth.volumes.filter((volume) => isReady(scene, volume) && isLoose(scene, volume)),
  async run(scene, volume) {
    const row = scene.rows.volumes.get(volume.id)
    const pool = scene.pick(scene.world.pools.filter((one) => one.id !== row?.storageid))
    const owner = ownerOf(scene.truth, scene.rows, volume)
    const name = owner?.row.state === 'Running' ? 'migrateVolume under a guest' : 'migrateVolume at rest'
    await scene.jobs.run(name, instanceOf(scene, volume), () =>
      scene.world.client.start('migrateVolume', { volumeid: volume.id, storageid: pool.id, livemigrate: true }),
    )
  },
})

const migrateRoot = operation({
  weight: 1,
  subjects: ({ truth }) => truth.vms.filter((vm) => vm.snapshots.length === 0),
  async run(scene, vm) {
    const { items } = await scene.world.client.list('listVolumes', { virtualmachineid: vm.id, type: 'ROOT' })
    const pool = scene.pick(scene.world.pools.filter((one) => one.id !== items[0]?.storageid))
    await scene.jobs.run('migrateVolume of a root disk', vm.instanceName, () =>
      scene.world.client.start('migrateVolume', {
        volumeid: String(items[0]?.id),
        storageid: pool.id,
        livemigrate: true,
      }),
    )
  },
})

const snapshot = operation({
  weight: 4,
  subjects: (scene) =>
    scene.truth.snapshots.length < most.snapshots ? scene.truth.volumes.filter((volume) => isReady(scene, volume)) : [],
  async run(scene, volume) {
    const { content, sizeGib } = volume
    const { ok, id, lostBackup } = await scene.jobs.run('createSnapshot', instanceOf(scene, volume), () =>
      scene.world.client.start('createSnapshot', { volumeid: volume.id }),
    )
    if (lostBackup) await restart(scene, volume)
    if (ok) scene.truth.snapshots.push({ id, volume: volume.id, content, sizeGib })
  },
})

/** What the product says to do of a backup that libvirt lost; after it a snapshot can be taken again. */
async function restart(scene: Scene, volume: Volume): Promise<void> {
  const { client } = scene.world
  const vm = ownerOf(scene.truth, scene.rows, volume)?.vm
  assert.ok(vm, 'a backup was lost of a volume that no guest has')
  await scene.guests.forget()
  await client.run('stopVirtualMachine', { id: vm.id, forced: true }, { timeoutMs: 120_000 })
  await client.run('startVirtualMachine', { id: vm.id }, { timeoutMs: 120_000 })
}

const revert = operation({
  weight: 4,
  subjects: (scene) =>
    scene.truth.snapshots.flatMap((one) => {
      const volume = scene.truth.volumes.find(({ id }) => id === one.volume)
      if (volume === undefined || !isReady(scene, volume) || !isLoose(scene, volume)) return []
      const owner = ownerOf(scene.truth, scene.rows, volume)
      return owner?.row.state === 'Running' ? [] : [{ snapshot: one, volume }]
    }),
  async run(scene, subject: { readonly snapshot: Snapshot; readonly volume: Volume }) {
    const { volume } = subject
    const { ok } = await scene.jobs.run('revertSnapshot', instanceOf(scene, volume), () =>
      scene.world.client.start('revertSnapshot', { id: subject.snapshot.id }),
    )
    await settle(scene, volume, ok ? [subject.snapshot.content] : [volume.content, subject.snapshot.content])
  },
})

const restore = operation({
  weight: 2,
  subjects: ({ truth }) => (truth.volumes.length < most.volumes ? truth.snapshots : []),
  async run({ world, truth, jobs, pick }, one) {
    const { ok, id } = await jobs.run('createVolume of a snapshot', pick(truth.vms).instanceName, () =>
      world.client.start('createVolume', { name: `v${++named}`, snapshotid: one.id }),
    )
    if (ok) truth.volumes.push({ id, content: one.content, sizeGib: one.sizeGib })
  },
})

const unsnapshot = operation({
  weight: 2,
  subjects: ({ truth }) => truth.snapshots,
  async run({ world, truth, jobs, pick }, one) {
    const { ok } = await jobs.run('deleteSnapshot', pick(truth.vms).instanceName, () =>
      world.client.start('deleteSnapshot', { id: one.id }),
    )
    if (!ok) return
    truth.snapshots = truth.snapshots.filter((other) => other !== one)
    assert.equal(existsSync(snapshotPath(world, one)), false, 'the image of a deleted snapshot is still there')
  },
})

const vmSnapshot = operation({
  weight: 2,
  subjects: (scene) =>
    scene.truth.vms.filter(
      (vm) => vm.snapshots.length < most.vmSnapshots && disksOf(scene, vm).every((volume) => isReady(scene, volume)),
    ),
  async run(scene, vm) {
    const contents = new Map(disksOf(scene, vm).map((volume) => [volume.id, volume.content]))
    scene.guests.follow(vm)
    const { tick } = vm
    const { ok, id } = await scene.jobs.run('createVMSnapshot', vm.instanceName, () =>
      scene.world.client.start('createVMSnapshot', { virtualmachineid: vm.id, snapshotmemory: false }),
    )
    if (ok) vm.snapshots.push({ id, contents, tick })
    else await forgetFailed(scene, vm)
  },
})

/** One that failed may be left as a row in error; it guards nothing and is deleted. */
async function forgetFailed({ world }: Scene, vm: Vm): Promise<void> {
  const { items } = await world.client.list('listVMSnapshot', { virtualmachineid: vm.id })
  for (const { id, state } of items) {
    if (state === 'Error')
      await world.client.run('deleteVMSnapshot', { vmsnapshotid: String(id) }, { timeoutMs: 60_000 })
  }
}

const vmRevert = operation({
  weight: 3,
  subjects: (scene) =>
    scene.truth.vms
      .filter((vm) => !runs(scene, vm))
      .flatMap((vm) => vm.snapshots.map((one) => ({ vm, snapshot: one }))),
  async run(scene, { vm, snapshot: one }: { readonly vm: Vm; readonly snapshot: VmSnapshot }) {
    const { ok } = await scene.jobs.run('revertToVMSnapshot', vm.instanceName, () =>
      scene.world.client.start('revertToVMSnapshot', { vmsnapshotid: one.id }),
    )
    scene.guests.follow(vm)
    vm.tick = ok ? one.tick : Math.min(one.tick, vm.tick)
    for (const [id, content] of one.contents) {
      const volume = scene.truth.volumes.find((other) => other.id === id)
      if (volume !== undefined) await settle(scene, volume, ok ? [content] : [volume.content, content])
    }
  },
})

const vmUnsnapshot = operation({
  weight: 3,
  subjects: ({ truth }) => truth.vms.flatMap((vm) => vm.snapshots.map((one) => ({ vm, snapshot: one }))),
  async run({ world, jobs }, { vm, snapshot: one }: { readonly vm: Vm; readonly snapshot: VmSnapshot }) {
    let job: Job = { ok: false, id: '', lostBackup: false }
    // One that failed half way is deleted again: until then it can not be gone back to.
    for (let at = 0; at < 5 && !job.ok; at++) {
      job = await jobs.run('deleteVMSnapshot', vm.instanceName, () =>
        world.client.start('deleteVMSnapshot', { vmsnapshotid: one.id }),
      )
    }
    assert.ok(job.ok, 'a VM snapshot cannot be deleted')
    vm.snapshots = vm.snapshots.filter((other) => other !== one)
  },
})

const power = operation({
  weight: 4,
  subjects: ({ truth }) => truth.vms,
  async run(scene, vm) {
    const { client } = scene.world
    const running = runs(scene, vm)
    await scene.guests.forget()
    await scene.jobs.run(running ? 'stopVirtualMachine' : 'startVirtualMachine', vm.instanceName, () =>
      running
        ? client.start('stopVirtualMachine', { id: vm.id, forced: true })
        : client.start('startVirtualMachine', { id: vm.id }),
    )
  },
})

const remove = operation({
  weight: 1,
  subjects: (scene) =>
    scene.truth.volumes.length > 3 ? scene.truth.volumes.filter((volume) => isFree(scene, volume)) : [],
  async run({ world, truth, jobs, pick }, volume) {
    const { ok } = await jobs.run('destroyVolume', pick(truth.vms).instanceName, () =>
      world.client.start('destroyVolume', { id: volume.id, expunge: true }),
    )
    if (ok) truth.volumes = truth.volumes.filter((one) => one !== volume)
  },
})

export const operations = {
  create,
  write,
  attach,
  detach,
  resize,
  migrate,
  migrateRoot,
  snapshot,
  revert,
  restore,
  unsnapshot,
  vmSnapshot,
  vmRevert,
  vmUnsnapshot,
  power,
  remove,
} as const

/** Of a MiB full of one byte. */
function sha256Of(byte: number): string {
  return createHash('sha256').update(Buffer.alloc(MIB, byte)).digest('hex')
}
