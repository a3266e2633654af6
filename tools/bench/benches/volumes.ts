import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ParamsInput, PoolRef } from '@altostack/agent-api'
import { cannotRun, guestSpec, startAgentHost, tokens, until } from '../../../packages/agent/tests/agent-host.ts'
import { atEnd } from '../at-end.ts'
import type { Bench, Row } from '../bench.ts'
import { percentile, significant } from '../percentile.ts'

const mib = 1 << 20
const long = ['volume.copy', 'volume.mirror', 'snapshot.take', 'vm.stop'] as const

/** Disks on a pool of files, by the agent of a host: what a tenant waits for beside the server's own work. */
export const bench: Bench = async ({ quick }) => {
  const title = 'Volumes on a host'
  const reason = cannotRun()
  if (reason !== false) return { title, rows: [], skipped: reason }
  const host = await startAgentHost()
  const forget = atEnd(() => void host.stop())
  try {
    await until('libvirt answers', () => host.agent.context.libvirt.up())
    const other: PoolRef = { uuid: randomUUID(), type: 'SharedMountPoint', path: join(host.dir, 'other') }
    mkdirSync(other.path)
    const { handlers } = host.agent
    for (const pool of [host.pool, other]) await handlers['pool.attach']({ tokens: tokens(), pool, create: true })
    const filled = (quick ? 8 : 512) * mib
    const turns = quick ? 1 : 7

    async function finish<N extends (typeof long)[number]>(
      name: N,
      params: Omit<ParamsInput<N>, 'tokens'>,
    ): Promise<void> {
      const own = tokens()
      await (handlers[name] as (params: unknown) => Promise<unknown>)({ ...params, tokens: own })
      for (;;) {
        const { state, error } = await handlers['job.poll']({ key: own.key, waitMs: 5000 })
        if (state === 'done') return
        if (state === 'failed') throw new Error(`${name}: ${error?.message}`)
      }
    }
    const rows: Row[] = []
    async function time(what: string, act: () => Promise<unknown>, bytes = 0, times = turns): Promise<void> {
      const all: number[] = []
      for (let turn = 0; turn < times; turn++) {
        const began = performance.now()
        await act()
        all.push(performance.now() - began)
      }
      const ms = percentile(all, 0.5)
      const rate = bytes === 0 ? '' : `; ${Math.round(bytes / 1e6 / (ms / 1000))} MB/s`
      rows.push({
        what,
        value: significant(ms),
        unit: 'ms',
        detail: `median of ${times}, slowest ${Math.round(percentile(all, 1))}${rate}`,
      })
    }
    const create = async (templateUuid?: string): Promise<string> => {
      const volume = { uuid: randomUUID(), sizeBytes: 10 * 1024 * mib, format: 'qcow2' as const }
      const from = templateUuid === undefined ? {} : { templateUuid }
      await handlers['volume.create']({ tokens: tokens(), pool: host.pool, volume: { ...volume, ...from } })
      return volume.uuid
    }
    const place = (volumeUuid: string) => ({ volumeUuid, pool: host.pool, format: 'qcow2' as const })

    await time('create an empty volume of 10 GiB', () => create())
    const [root, data] = [await create(), await create()]
    const path = join(host.pool.path, data)
    execFileSync('qemu-io', ['-f', 'qcow2', '-c', `write -P 7 0 ${filled}`, path], { stdio: 'pipe' })
    const template = randomUUID()
    execFileSync('cp', ['--sparse=always', path, join(host.pool.path, template)])
    const clone = async (): Promise<void> => {
      const name = randomUUID()
      const shape = ['-b', template, '-F', 'qcow2', join(host.pool.path, name)]
      execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...shape])
      await handlers['volume.stat']({ pool: host.pool, volumeUuid: name })
    }
    await time('clone a template: an overlay on its copy', clone)
    const size = `${filled / mib} MiB`
    await time(
      `copy a volume that holds ${size} to another pool`,
      () => finish('volume.copy', { volume: place(data), to: other }),
      filled,
      quick ? 1 : 3,
    )
    await handlers['volume.remove']({ tokens: tokens(), pool: other, volumeUuid: data })

    const disks = [root, data].map((volumeUuid, deviceId) => ({
      ...place(volumeUuid),
      deviceId,
      bus: 'scsi' as const,
      cache: 'none' as const,
    }))
    const spec = guestSpec(host, root, { disks })
    const vm = { instanceName: spec.instanceName, uuid: spec.uuid, generation: 1 }
    await handlers['vm.start']({ tokens: tokens(), vm, spec })
    await time(
      `snapshot of a running guest's volume that holds ${size}, as an image`,
      async () => {
        const snapshotUuid = randomUUID()
        await finish('snapshot.take', { volume: place(data), snapshotUuid, vm })
        await handlers['snapshot.remove']({ tokens: tokens(), pool: host.pool, snapshotUuid, vm })
      },
      filled,
      quick ? 1 : 3,
    )
    await time(
      `move a volume that holds ${size} under its running guest`,
      async () => {
        const ask = { vm, volume: place(data), to: other }
        await finish('volume.mirror', ask)
        await handlers['volume.mirror.end']({ ...ask, tokens: tokens(), decision: 'turn', turned: true })
      },
      filled,
      1,
    )
    await finish('vm.stop', { vm, graceMs: 0 })
    return {
      title,
      rows,
      notes: [
        'A pool of files on the machine’s own disk, whose cache the copies pass by (O_DIRECT). The guest is idle and emulated.',
      ],
    }
  } finally {
    forget()
    await host.stop()
  }
}
