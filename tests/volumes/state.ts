import { join } from 'node:path'
import type { CallResult } from '@altostack/api'
import type { Content } from './oracle.ts'
import type { World } from './world.ts'

export type VolumeRow = CallResult<'listVolumes'>
export type VmRow = CallResult<'listVirtualMachines'>

/** A data disk: what was written to it, by whomever. */
export type Volume = { readonly id: string; content: Content; sizeGib: number }
export type Snapshot = {
  readonly id: string
  readonly volume: string
  readonly content: Content
  readonly sizeGib: number
}
export type VmSnapshot = { readonly id: string; readonly contents: ReadonlyMap<string, Content>; readonly tick: number }
export type Vm = {
  readonly id: string
  readonly instanceName: string
  readonly kind: 'blank' | 'system'
  snapshots: VmSnapshot[]
  /** Of a guest with a system: the last tick that it said is on its root disk. */
  tick: number
}

/** What must be true now, kept beside the product and never read from it. */
export type Truth = { volumes: Volume[]; snapshots: Snapshot[]; readonly vms: Vm[] }

/** Rows as they are now, for choosing what may be done. */
export type Rows = { readonly volumes: ReadonlyMap<string, VolumeRow>; readonly vms: ReadonlyMap<string, VmRow> }

export async function readRows({ client }: World): Promise<Rows> {
  const [volumes, vms] = await Promise.all([
    client.list('listVolumes', { listall: true }),
    client.list('listVirtualMachines', { listall: true }),
  ])
  return {
    volumes: new Map(volumes.items.map((row) => [String(row.id), row])),
    vms: new Map(vms.items.map((row) => [String(row.id), row])),
  }
}

export function imagePath(world: World, row: VolumeRow): string {
  const pool = world.pools.find((one) => one.id === row.storageid)
  if (pool === undefined) throw new Error(`volume ${row.id} is on no pool: ${JSON.stringify(row)}`)
  return join(pool.path, String(row.id))
}

export function snapshotPath(world: World, snapshot: Snapshot): string {
  return join(world.storeDir, `${snapshot.id}.qcow2`)
}

/** The VM that has the volume, with its row. */
export function ownerOf(truth: Truth, rows: Rows, volume: Volume): { vm: Vm; row: VmRow } | undefined {
  const vm = truth.vms.find((one) => one.id === rows.volumes.get(volume.id)?.virtualmachineid)
  const row = vm === undefined ? undefined : rows.vms.get(vm.id)
  return vm === undefined || row === undefined ? undefined : { vm, row }
}
