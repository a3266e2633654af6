import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import type { PoolRef } from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'
import type { HostContext } from '../../packages/agent/src/host-context.ts'
import { silentLog } from '../../packages/agent/src/log.ts'
import { volumeFetch } from '../../packages/agent/src/methods/volume-fetch.ts'
import { run } from '../../packages/agent/src/process.ts'
import { openStateDatabase } from '../../packages/agent/src/state-database.ts'
import { copyVolume } from '../../packages/agent/src/storage/copy-volume.ts'
import { driverOf } from '../../packages/agent/src/storage/drivers.ts'
import { changeMs } from '../../packages/agent/src/storage/lvm.ts'
import { openPools } from '../../packages/agent/src/storage/pool-access.ts'
import { type AskLease, openPoolLeases } from '../../packages/agent/src/storage/pool-lease.ts'
import { takeSnapshot } from '../../packages/agent/src/storage/take-snapshot.ts'
import { createVolume, statVolume } from '../../packages/agent/src/storage/volumes.ts'

/**
 * The agent's own code for volumes on a shared disk, alone on a host without libvirt: the word says what it does. The
 * lease is asked for at the server's own code, in the test.
 */
const [host = '', act = '', ...words] = process.argv.slice(2)
const runtime = systemRuntime()
/** A disk that the host sees by itself, as one of Fibre Channel is. */
const group = (number: string): PoolRef => ({
  uuid: `00000000-0000-4000-8000-00000000000${number}`,
  type: 'FiberChannel',
  path: `/dev/alto_0000000000004000800000000000000${number}`,
  source: { kind: 'wwid', wwid: `35000c5000000000${number}` },
})
const tokens = { key: 'k', runId: 'r', runEpoch: 1, hostIncarnation: 1 }
const job = { progress: () => {}, signal: new AbortController().signal }

const ask: AskLease = async (params) => {
  const answer = await fetch('http://10.0.2.2:LEASE_PORT'.replace('LEASE_PORT', process.env.LEASE_PORT ?? ''), {
    method: 'POST',
    body: JSON.stringify({ host, ...params }),
  })
  return (await answer.json()) as Awaited<ReturnType<AskLease>>
}
const image = '/root/image'
const context = {
  runtime,
  log: silentLog(),
  pools: openPools(openStateDatabase(':memory:'), runtime),
  leases:
    process.env.LEASE_PORT === 'none'
      ? { hold: async (_pool: PoolRef, work: (lease: object) => unknown) => await work({ require: async () => {} }) }
      : openPoolLeases({ runtime, ask, changeMs }),
  identity: () => ({ hostUuid: `${host.padEnd(8, '0')}-0000-4000-8000-000000000000` }),
  libvirt: {
    // No guest is here, and QEMU is root.
    use: async (work: (client: object) => unknown) =>
      await work({ host: { listAllDomains: async () => [], getCapabilities: async () => '<capabilities/>' } }),
    find: async () => undefined,
  },
  fetchImage: async (_uuid: string, offset: number, sink: (chunk: Uint8Array) => Promise<void>) => {
    let sent = 0
    for await (const chunk of createReadStream(image, { start: offset })) {
      await sink(chunk as Buffer)
      sent += (chunk as Buffer).length
    }
    return sent
  },
} as unknown as HostContext

const uuid = (number: string | undefined): string => `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`
const qemu = async (program: string, ...args: string[]): Promise<string> =>
  (await run(program, args, { runtime, timeoutMs: 60_000 })).stdout
const sizeBytes = 8 << 20

const acts: Record<string, () => Promise<unknown>> = {
  /** attach GROUP create|no */
  async attach() {
    const [number = '', how] = words
    return await driverOf(group(number)).attach(context, group(number), { create: how === 'create', access: {} })
  },
  /** detach GROUP: gives the disk back. */
  async detach() {
    const pool = group(words[0] ?? '')
    await driverOf(pool).detach(context, pool, true)
    return {}
  },
  /** make GROUP FIRST COUNT: so many volumes, one after the other. */
  async make() {
    const [number = '', first, count] = words
    for (let at = 0; at < Number(count); at++) {
      await createVolume(context, group(number), { uuid: uuid(String(Number(first) + at)), sizeBytes, format: 'qcow2' })
    }
    return { made: Number(count) }
  },
  /** write GROUP VOLUME BYTE: over its first MiB, as a guest would. */
  async write() {
    const [number = '', name, byte] = words
    const pool = group(number)
    const path = driverOf(pool).path(pool, uuid(name))
    await driverOf(pool).activate(context, pool, uuid(name))
    await qemu('qemu-io', '-f', 'qcow2', '-c', `write -P ${byte} 0 1M`, path)
    await driverOf(pool).deactivate(context, pool, uuid(name))
    return {}
  },
  /** read GROUP VOLUME: the first byte of it, what it is and what else bears its name. */
  async read() {
    const [number = '', name] = words
    const pool = group(number)
    const size = await statVolume(context, pool, uuid(name))
    if (size === undefined) return { present: false }
    const path = driverOf(pool).path(pool, uuid(name))
    await driverOf(pool).activate(context, pool, uuid(name))
    const dump = await qemu('qemu-io', '-r', '-f', 'qcow2', '-c', 'read -v 0 16', path)
    const check = JSON.parse(await qemu('qemu-img', 'check', '--output=json', '-f', 'qcow2', path))
    await driverOf(pool).deactivate(context, pool, uuid(name))
    const listed = await driverOf(pool).list(context, pool)
    return {
      present: true,
      ...size,
      byte: Number.parseInt(/^0+: +([0-9a-f]{2})/m.exec(dump)?.[1] ?? '', 16),
      clean: check['check-errors'] === 0 && check.corruptions === undefined,
      names: listed.filter((one) => one.name.includes(uuid(name))).map((one) => one.name),
    }
  },
  /** snapshot GROUP VOLUME: at rest; the image is kept where the next fetch finds it. */
  async snapshot() {
    const [number = '', name] = words
    const pool = group(number)
    const snapshotUuid = uuid('999')
    const taken = await takeSnapshot(
      context,
      { tokens, volume: { pool, volumeUuid: uuid(name), format: 'qcow2' }, snapshotUuid },
      job,
    )
    const left = await driverOf(pool).unfinished(context, pool, snapshotUuid)
    await qemu('dd', `if=${left?.path}`, `of=${image}`, `count=${taken.sizeBytes}`, 'iflag=count_bytes', 'status=none')
    await driverOf(pool).abandon(context, pool, snapshotUuid)
    return taken
  },
  /** revert GROUP VOLUME: fetches the image that the snapshot left over what is there. */
  async revert() {
    const [number = '', name] = words
    const bytes = readFileSync(image)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const wanted = { uuid: uuid('999'), format: 'qcow2' as const, sizeBytes: bytes.length, sha256 }
    return await volumeFetch.run(
      context,
      {
        tokens,
        pool: group(number),
        volume: { uuid: uuid(name), sizeBytes, format: 'qcow2' },
        image: { ...wanted, virtualSizeBytes: sizeBytes },
      },
      job,
    )
  },
  /** copy FROM VOLUME TO */
  async copy() {
    const [from = '', name, to = ''] = words
    return await copyVolume(context, { pool: group(from), volumeUuid: uuid(name), format: 'qcow2' }, group(to), job)
  },
  /** remove GROUP VOLUME */
  async remove() {
    const [number = '', name] = words
    await context.pools.use(group(number), () => driverOf(group(number)).remove(context, group(number), uuid(name)))
    return {}
  },
}

try {
  console.log(JSON.stringify((await acts[act]?.()) ?? {}))
} catch (error) {
  const { code, data } = error as { code?: string; data?: { code?: string; seen?: string } }
  console.log(JSON.stringify({ code: data?.code ?? code, message: String(error), seen: data?.seen }))
}
process.exit(0)
