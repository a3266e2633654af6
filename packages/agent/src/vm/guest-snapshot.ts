import { hostRefusal, type VmToken, type VolumePlace } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { DomainRef } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { refuseUse } from '../storage/copy-volume.ts'
import { driverOf } from '../storage/drivers.ts'
import { innerSnapshot, innerSnapshots } from '../storage/qemu-img.ts'
import { imagePath } from '../storage/volumes.ts'
import { topFile } from './block-file-name.ts'
import { requireGuest } from './guest-disk.ts'

const pollMs = 100
const monitorMs = 60_000

/** A snapshot of a guest is kept inside its qcow2 disks under this name. */
export type GuestSnapshot = {
  readonly snapshotUuid: string
  readonly disks: readonly VolumePlace[]
  readonly vm?: VmToken | undefined
}

type Node = { readonly name: string; readonly snapshots: readonly string[] }

function refuseRaw(disks: readonly VolumePlace[]): void {
  const raw = disks.find((disk) => disk.format === 'raw')
  if (raw === undefined) return
  throw hostRefusal(
    agentFailure('volume.format', 'A raw disk has no room for a snapshot inside it', { seen: raw.volumeUuid }),
  )
}

/** All disks at one moment, atomically while the guest runs. There already: nothing happens. */
export async function createGuestSnapshot(
  context: HostContext,
  snapshot: GuestSnapshot,
  memory: boolean,
): Promise<void> {
  refuseRaw(snapshot.disks)
  const { snapshotUuid: name } = snapshot
  if (snapshot.vm === undefined) return await atRest(context, snapshot, 'create')
  const domain = await requireGuest(context, snapshot.vm)
  const nodes = await nodesOf(context, domain, snapshot.disks)
  if (nodes.every((node) => node.snapshots.includes(name))) return
  if (memory) return await job(context, domain, 'snapshot-save', name, nodes)
  await monitor(context, domain, 'transaction', {
    actions: nodes.map((node) => ({ type: 'blockdev-snapshot-internal-sync', data: { device: node.name, name } })),
  })
}

export async function revertGuestSnapshot(context: HostContext, snapshot: GuestSnapshot): Promise<void> {
  refuseRaw(snapshot.disks)
  if (snapshot.vm === undefined) return await atRest(context, snapshot, 'apply')
  const domain = await requireGuest(context, snapshot.vm)
  const nodes = await nodesOf(context, domain, snapshot.disks)
  const without = nodes.find((node) => !node.snapshots.includes(snapshot.snapshotUuid))
  if (without !== undefined) {
    throw hostRefusal(
      agentFailure('snapshot.absent', 'A disk of the guest does not have the snapshot', { seen: without.name }),
    )
  }
  await job(context, domain, 'snapshot-load', snapshot.snapshotUuid, nodes)
}

/**
 * Also the undo of one that failed: a guest that has ended since, a disk that it does not have and a volume that is gone
 * are no obstacle.
 */
export async function removeGuestSnapshot(context: HostContext, snapshot: GuestSnapshot): Promise<void> {
  refuseRaw(snapshot.disks)
  const { snapshotUuid: name, disks, vm } = snapshot
  const domain = vm === undefined ? undefined : await context.libvirt.find(vm.instanceName)
  const nodes = domain !== undefined && domain.uuid === vm?.uuid ? await nodesByPath(context, domain) : new Map()
  for (const node of disks.flatMap((disk) => nodes.get(pathOf(disk)) ?? [])) {
    if (!node.snapshots.includes(name)) continue
    await monitor(context, domain!, 'blockdev-snapshot-delete-internal-sync', { device: node.name, name })
  }
  const others = disks.filter((disk) => !nodes.has(pathOf(disk)))
  await atRest(context, { ...snapshot, disks: others }, 'delete')
}

async function atRest(
  context: HostContext,
  { snapshotUuid, disks }: GuestSnapshot,
  act: 'create' | 'apply' | 'delete',
): Promise<void> {
  for (const { pool, volumeUuid } of disks) {
    await refuseUse(context, pool, volumeUuid)
    const path = imagePath(pool, volumeUuid)
    await context.pools.use(
      pool,
      async () => {
        const driver = driverOf(pool)
        if (act === 'delete' && (await driver.inspect(context, pool, volumeUuid, 'qcow2')) === undefined) return
        await driver.activate(context, pool, volumeUuid)
        const there = (await innerSnapshots(context.runtime, path)).includes(snapshotUuid)
        if (act === 'apply' && !there) {
          throw hostRefusal(agentFailure('snapshot.absent', 'A disk does not have the snapshot', { seen: volumeUuid }))
        }
        if (there === (act !== 'create')) await innerSnapshot(context.runtime, path, act, snapshotUuid)
        await driver.deactivate(context, pool, volumeUuid)
      },
      10 * 60_000,
    )
  }
}

/** QEMU's nodes of the disks, the first disk first: it takes the guest's memory. */
async function nodesOf(
  context: HostContext,
  domain: DomainRef,
  disks: readonly VolumePlace[],
): Promise<readonly Node[]> {
  const nodes = await nodesByPath(context, domain)
  return disks.map((disk) => {
    const node = nodes.get(pathOf(disk))
    if (node !== undefined) return node
    throw hostRefusal(
      agentFailure('volume.absent', `The guest ${domain.name} does not have the volume`, { seen: pathOf(disk) }),
    )
  })
}

const pathOf = ({ pool, volumeUuid }: VolumePlace): string => imagePath(pool, volumeUuid)

async function nodesByPath(context: HostContext, domain: DomainRef): Promise<ReadonlyMap<string, Node>> {
  const blocks = (await monitor(context, domain, 'query-block', {})) as readonly Block[]
  return new Map(
    blocks.flatMap(({ inserted }) => {
      if (inserted === undefined) return []
      const node = { name: inserted['node-name'], snapshots: (inserted.image.snapshots ?? []).map((one) => one.name) }
      return [[topFile(inserted.image.filename), node] as const]
    }),
  )
}

type Block = {
  readonly inserted?: {
    readonly 'node-name': string
    readonly image: { readonly filename: string; readonly snapshots?: readonly { readonly name: string }[] }
  }
}

/** Saves or loads memory and disks together; the guest pauses meanwhile. */
async function job(
  context: HostContext,
  domain: DomainRef,
  command: 'snapshot-save' | 'snapshot-load',
  name: string,
  nodes: readonly Node[],
): Promise<void> {
  const id = `alto-${name}`
  const devices = nodes.map((node) => node.name)
  if ((await jobOf(context, domain, id)) === undefined) {
    await monitor(context, domain, command, { 'job-id': id, tag: name, vmstate: devices[0], devices })
  }
  for (;;) {
    const state = await jobOf(context, domain, id)
    if (state === undefined) return
    if (state.status === 'concluded') {
      await monitor(context, domain, 'job-dismiss', { id })
      if (state.error === undefined) return
      throw agentFailure('snapshot.take', `QEMU could not do it: ${state.error}`, { seen: state.error })
    }
    await context.runtime.sleep(pollMs)
  }
}

type JobState = { readonly id: string; readonly status: string; readonly error?: string }

async function jobOf(context: HostContext, domain: DomainRef, id: string): Promise<JobState | undefined> {
  const jobs = (await monitor(context, domain, 'query-jobs', {})) as readonly JobState[]
  return jobs.find((one) => one.id === id)
}

/** One command to the guest's QEMU. Its refusals are `agent.libvirt`. */
async function monitor(context: HostContext, domain: DomainRef, execute: string, args: object): Promise<unknown> {
  const answer = (await context.libvirt.use((client) =>
    client.block.monitor(domain, { execute, arguments: args }, { timeoutMs: monitorMs }),
  )) as { readonly return?: unknown; readonly error?: { readonly desc: string } }
  if (answer.error === undefined) return answer.return
  throw agentFailure('agent.libvirt', `QEMU refused ${execute}: ${answer.error.desc}`, { seen: answer.error.desc })
}
