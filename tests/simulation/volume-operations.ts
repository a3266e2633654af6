import { contentHash, contentOf } from '../../packages/simulator/src/content.ts'
import type { Loose, Params, SimulatedWorld } from './world.ts'

/** What must be on a disk: the last that was written to it. */
export type Disk = { readonly uuid: string; content: string }
export type Kept = { readonly uuid: string; readonly disk: string; readonly content: string }
export type Guest = { readonly uuid: string; snapshots: { uuid: string; contents: Map<string, string> }[] }
/** Kept beside the product and never read from it. */
export type Truth = { disks: Disk[]; snapshots: Kept[]; readonly guests: Guest[]; written: number }

/** One order of the campaign; `done` makes the truth follow it when it succeeded. */
export type Order = {
  readonly command: string
  readonly params: Params
  /** The disk that may be something else too when it fails: with what it holds then. */
  readonly may?: ReadonlyMap<string, string>
  readonly done?: (answer: Loose) => void
}
type Means = { readonly pools: readonly string[]; readonly offering: string }
type Maker = (world: SimulatedWorld, truth: Truth, pick: Pick, means: Means) => Order | undefined
export type Pick = <T>(all: readonly T[]) => T

export function diskRow({ rows }: SimulatedWorld, uuid: string): Loose {
  return rows(
    `select volumes.*, storage_pool.uuid as pool, storage_pool.path as pool_path, vm_instance.uuid as vm, vm_instance.state as vm_state
     from volumes left join storage_pool on storage_pool.id = volumes.pool_id
     left join vm_instance on vm_instance.id = volumes.instance_id where volumes.uuid = ?`,
    uuid,
  )[0]
}
const stateOf = ({ rows }: SimulatedWorld, guest: Guest): string =>
  rows('select state from vm_instance where uuid = ?', guest.uuid)[0]?.state
export const ready = (world: SimulatedWorld, truth: Truth): Disk[] =>
  truth.disks.filter((disk) => diskRow(world, disk.uuid)?.state === 'Ready')
const loose = (world: SimulatedWorld, truth: Truth, disks: readonly Disk[]): Disk[] =>
  disks.filter((disk) => {
    const guest = truth.guests.find((one) => one.uuid === diskRow(world, disk.uuid)?.vm)
    return guest === undefined || guest.snapshots.length === 0
  })
const disksOf = (world: SimulatedWorld, truth: Truth, guest: Guest): Disk[] =>
  truth.disks.filter((disk) => diskRow(world, disk.uuid)?.vm === guest.uuid)

/** Directory of the volume as its row says, whatever host looks. */
export function directoryOf(world: SimulatedWorld, row: Loose) {
  return world.fleet.directory({ uuid: row.pool, type: 'SharedMountPoint', path: row.pool_path })
}

/**
 * Writes as a guest does, on whatever its QEMU has: the disk, and the copy that is kept in step with it. False: no guest
 * has the disk.
 */
export function writeByGuest(world: SimulatedWorld, truth: Truth, disk: Disk): boolean {
  for (const host of world.fleet.hosts()) {
    for (const domain of host.hypervisor.domains.values()) {
      const own = domain.spec.disks.find(({ volumeUuid }) => volumeUuid === disk.uuid)
      if (own === undefined || domain.state !== 'running') continue
      const copy = domain.mirrors.get(disk.uuid)
      disk.content = `guest writes ${++truth.written}`
      for (const pool of copy === undefined ? [own.pool] : [own.pool, copy]) {
        put(world, world.fleet.directory(pool, host), disk)
      }
      return true
    }
  }
  return false
}

export function writeAtRest(world: SimulatedWorld, truth: Truth, disk: Disk): void {
  disk.content = `host writes ${++truth.written}`
  put(world, directoryOf(world, diskRow(world, disk.uuid)), disk)
}

function put(world: SimulatedWorld, directory: ReturnType<typeof directoryOf>, disk: Disk): void {
  const file = directory.files.get(disk.uuid)
  if (file === undefined) throw new Error(`${directory.key} has no file of ${disk.uuid}`)
  const { modified: _, ...rest } = file
  world.fleet.world.storage.put(directory, disk.uuid, { ...rest, content: disk.content })
}

/** What the file of the row holds, as its checksum; undefined when there is none. */
export function seenOn(world: SimulatedWorld, uuid: string): string | undefined {
  const row = diskRow(world, uuid)
  if (row === undefined || row.pool === null) return undefined
  const directory = directoryOf(world, row)
  const file = directory.files.get(uuid)
  return file === undefined ? undefined : contentHash(contentOf(directory, file))
}

const orders: Readonly<Record<string, readonly [weight: number, make: Maker]>> = {
  createVolume: [
    2,
    (world, truth, pick, { pools, offering }) =>
      truth.disks.length >= 6
        ? undefined
        : {
            command: 'createVolume',
            params: {
              name: `v${truth.written}`,
              diskofferingid: offering,
              size: 1,
              zoneid: world.zone.zone,
              storageid: pick(pools),
            },
            done: ({ id }) => void truth.disks.push({ uuid: id, content: 'blank' }),
          },
  ],
  attachVolume: [
    5,
    (world, truth, pick) => {
      const free = truth.disks.filter((disk) => diskRow(world, disk.uuid)?.vm === null)
      const guests = truth.guests.filter((one) => one.snapshots.length === 0)
      if (free.length === 0 || guests.length === 0) return undefined
      return { command: 'attachVolume', params: { id: pick(free).uuid, virtualmachineid: pick(guests).uuid } }
    },
  ],
  detachVolume: [
    3,
    (world, truth, pick) => {
      const plugged = loose(world, truth, truth.disks).filter((disk) => diskRow(world, disk.uuid)?.vm !== null)
      return plugged.length === 0 ? undefined : { command: 'detachVolume', params: { id: pick(plugged).uuid } }
    },
  ],
  resizeVolume: [
    2,
    (world, truth, pick) => {
      const small = loose(world, truth, ready(world, truth)).filter(
        (disk) => diskRow(world, disk.uuid).size < 4 * 1024 ** 3,
      )
      if (small.length === 0) return undefined
      const disk = pick(small)
      const size = Math.round(diskRow(world, disk.uuid).size / 1024 ** 3) + 1
      return { command: 'resizeVolume', params: { id: disk.uuid, size } }
    },
  ],
  migrateVolume: [
    6,
    (world, truth, pick, { pools }) => {
      const disks = loose(world, truth, ready(world, truth))
      if (disks.length === 0) return undefined
      const disk = pick(disks)
      const storageid = pick(pools.filter((pool) => pool !== diskRow(world, disk.uuid).pool))
      return { command: 'migrateVolume', params: { volumeid: disk.uuid, storageid, livemigrate: true } }
    },
  ],
  createSnapshot: [
    4,
    (world, truth, pick) => {
      const disks = ready(world, truth)
      if (disks.length === 0 || truth.snapshots.length >= 6) return undefined
      const { uuid, content } = pick(disks)
      const done = ({ id }: Loose): void => void truth.snapshots.push({ uuid: id, disk: uuid, content })
      return { command: 'createSnapshot', params: { volumeid: uuid }, done }
    },
  ],
  revertSnapshot: [
    4,
    (world, truth, pick) => {
      const disks = loose(world, truth, ready(world, truth)).filter(
        (disk) => diskRow(world, disk.uuid).vm_state !== 'Running',
      )
      const all = truth.snapshots.flatMap((snapshot) => {
        const disk = disks.find(({ uuid }) => uuid === snapshot.disk)
        return disk === undefined ? [] : [{ snapshot, disk }]
      })
      if (all.length === 0) return undefined
      const { snapshot, disk } = pick(all)
      return {
        command: 'revertSnapshot',
        params: { id: snapshot.uuid },
        may: new Map([[disk.uuid, snapshot.content]]),
        done: () => {
          disk.content = snapshot.content
        },
      }
    },
  ],
  'createVolume of a snapshot': [
    2,
    (_world, truth, pick) => {
      if (truth.snapshots.length === 0 || truth.disks.length >= 6) return undefined
      const { uuid, content } = pick(truth.snapshots)
      const done = ({ id }: Loose): void => void truth.disks.push({ uuid: id, content })
      return { command: 'createVolume', params: { name: 'restored', snapshotid: uuid }, done }
    },
  ],
  deleteSnapshot: [
    2,
    (_world, truth, pick) => {
      if (truth.snapshots.length === 0) return undefined
      const { uuid } = pick(truth.snapshots)
      const done = (): void => {
        truth.snapshots = truth.snapshots.filter((one) => one.uuid !== uuid)
      }
      return { command: 'deleteSnapshot', params: { id: uuid }, done }
    },
  ],
  createVMSnapshot: [
    2,
    (world, truth, pick) => {
      const guests = truth.guests.filter((one) => one.snapshots.length < 2)
      if (guests.length === 0) return undefined
      const guest = pick(guests)
      const contents = new Map(disksOf(world, truth, guest).map((disk) => [disk.uuid, disk.content]))
      const params = { virtualmachineid: guest.uuid, snapshotmemory: false }
      return {
        command: 'createVMSnapshot',
        params,
        done: ({ id }) => void guest.snapshots.push({ uuid: id, contents }),
      }
    },
  ],
  revertToVMSnapshot: [
    3,
    (world, truth, pick) => {
      const all = truth.guests
        .filter((guest) => stateOf(world, guest) === 'Stopped')
        .flatMap((guest) => guest.snapshots)
      if (all.length === 0) return undefined
      const { uuid, contents } = pick(all)
      return {
        command: 'revertToVMSnapshot',
        params: { vmsnapshotid: uuid },
        may: contents,
        done: () => {
          for (const disk of truth.disks) disk.content = contents.get(disk.uuid) ?? disk.content
        },
      }
    },
  ],
  deleteVMSnapshot: [
    3,
    (_world, truth, pick) => {
      const all = truth.guests.flatMap((guest) => guest.snapshots.map(({ uuid }) => ({ guest, uuid })))
      if (all.length === 0) return undefined
      const { guest, uuid } = pick(all)
      const done = (): void => {
        guest.snapshots = guest.snapshots.filter((one) => one.uuid !== uuid)
      }
      return { command: 'deleteVMSnapshot', params: { vmsnapshotid: uuid }, done }
    },
  ],
  power: [
    4,
    (world, truth, pick) => {
      const guest = pick(truth.guests)
      return stateOf(world, guest) === 'Running'
        ? { command: 'stopVirtualMachine', params: { id: guest.uuid, forced: true } }
        : { command: 'startVirtualMachine', params: { id: guest.uuid } }
    },
  ],
  migrateVirtualMachine: [
    2,
    (world, truth, pick) => {
      const running = truth.guests.filter((guest) => stateOf(world, guest) === 'Running')
      if (running.length === 0) return undefined
      return { command: 'migrateVirtualMachine', params: { virtualmachineid: pick(running).uuid } }
    },
  ],
  destroyVolume: [
    1,
    (world, truth, pick) => {
      const free = truth.disks.filter((disk) => diskRow(world, disk.uuid)?.vm === null)
      if (free.length === 0 || truth.disks.length < 4) return undefined
      const { uuid } = pick(free)
      const done = (): void => {
        truth.disks = truth.disks.filter((one) => one.uuid !== uuid)
      }
      return { command: 'destroyVolume', params: { id: uuid, expunge: true }, done }
    },
  ],
}

/** An order that may be given now, drawn by weight. */
export function nextOrder(
  world: SimulatedWorld,
  truth: Truth,
  pick: Pick,
  means: Means,
): { readonly name: string } & Order {
  const wheel = Object.entries(orders).flatMap(([name, [weight, make]]) =>
    Array<[string, Maker]>(weight).fill([name, make]),
  )
  for (;;) {
    const [name, make] = pick(wheel)
    const order = make(world, truth, pick, means)
    if (order !== undefined) return { name, ...order }
  }
}
