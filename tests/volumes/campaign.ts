import assert from 'node:assert/strict'
import { until } from '../lab-environment/until.ts'
import { createGuests } from './guests.ts'
import { createJobs, type JobReport } from './jobs.ts'
import { operations, type Scene } from './operations.ts'
import { damage, differences } from './oracle.ts'
import { imagePath, ownerOf, type Rows, readRows, snapshotPath, type Truth } from './state.ts'
import { filesOf, type World } from './world.ts'

/**
 * Does operations on volumes in an order, and with kills at moments, that follow from a seed. Keeps for itself what was
 * written to each disk and reads it back after every operation.
 */
export async function runCampaign(
  world: World,
  options: { readonly operations: number; readonly random: () => number; readonly killShare: number },
): Promise<JobReport> {
  const { random } = options
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  const jobs = createJobs(world, random, options.killShare)
  const guests = createGuests(world)
  const truth: Truth = { volumes: [], snapshots: [], vms: [] }
  const scene = async (): Promise<Scene> => ({
    world,
    truth,
    rows: await readRows(world),
    jobs,
    guests,
    pick,
    random,
  })

  for (const [name, kind] of [
    ['a', 'system'],
    ['b', 'blank'],
  ] as const) {
    truth.vms.push({ ...(await world.deploy(name, kind)), kind, snapshots: [], tick: 0 })
  }
  // Without disks most of the wheel would be empty.
  for (let at = 0; at < 3; at++) await operations.create.run(await scene(), undefined)
  for (let at = 0; at < options.operations; at++) {
    const now = await scene()
    // Each operation has its own kind of subjects.
    const wheel = Object.entries(operations).flatMap(([name, operation]) => {
      const subjects = operation.subjects(now) as readonly never[]
      return subjects.length === 0 ? [] : Array(operation.weight).fill({ name, subjects, run: operation.run })
    }) as { name: string; subjects: readonly never[]; run: (scene: Scene, subject: never) => Promise<void> }[]
    const { name, subjects, run } = pick(wheel)
    const killed = total(jobs.report.kills)
    try {
      await run(now, pick(subjects))
      if (total(jobs.report.kills) !== killed) await guests.forget()
      await verify(world, truth, random)
      for (const vm of truth.vms) guests.follow(vm)
    } catch (error) {
      throw new Error(`operation ${at}, ${name}: ${JSON.stringify(jobs.report)}\n${world.logs()}`, { cause: error })
    }
  }
  await guests.forget()
  await assertTidy(world, truth)
  return jobs.report
}

const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0)

async function verify(world: World, truth: Truth, random: () => number): Promise<void> {
  const rows = await readRows(world)
  for (const volume of truth.volumes) {
    const row = rows.volumes.get(volume.id)
    assert.ok(row?.state === 'Ready' || row?.state === 'Allocated', `volume ${volume.id} is ${row?.state ?? 'gone'}`)
    if (row.state === 'Allocated') continue
    const path = imagePath(world, row)
    const owner = ownerOf(truth, rows, volume)
    const runs = owner?.row.state === 'Running'
    // Its QEMU keeps tables in memory that another reader of the image would miss.
    if (runs) await world.guestIo(owner.vm.instanceName, path, 'flush')
    const different = differences(path, volume.content)
    assert.deepEqual(different, [], `volume ${volume.id} at ${path}`)
    if (!runs) assert.equal(damage(path), undefined, `the image of volume ${volume.id}`)
  }
  const one = truth.snapshots[Math.floor(random() * truth.snapshots.length)]
  if (one !== undefined) assert.deepEqual(differences(snapshotPath(world, one), one.content), [], `snapshot ${one.id}`)
}

/** When everything has ended the pools hold the disks, the templates and nothing else; nothing is claimed for nobody. */
async function assertTidy(world: World, truth: Truth): Promise<void> {
  for (const one of truth.snapshots) {
    assert.deepEqual(differences(snapshotPath(world, one), one.content), [], `snapshot ${one.id}`)
  }
  await until('nothing is left half done', 120_000, async () => {
    const rows: Rows = await readRows(world)
    const all = [...rows.volumes.values()]
    for (const pool of world.pools) {
      const own = all.filter((row) => row.storageid === pool.id)
      const files = filesOf(pool.path)
      const templates = files.filter((name) => name.startsWith('.template-')).map((name) => name.slice(10))
      const extra = files.filter(
        (name) => !own.some((row) => row.id === name) && !templates.includes(name) && !name.startsWith('.template-'),
      )
      if (extra.length > 0) throw new Error(`${pool.path} has ${extra.join(', ')}`)
      const { items } = await world.client.list('listStoragePools', { id: pool.id })
      const held = own.reduce((sum, row) => sum + Number(row.size), 0)
      const allocated = Number(items[0]?.disksizeallocated)
      // The rest is templates.
      if (allocated < held || allocated > held + 2 ** 30)
        throw new Error(`${pool.path}: ${allocated} allocated, ${held} held`)
    }
    return true
  })
}
