import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Params } from '@altostack/agent-api'
import { type AgentHost, cannotRun, guestSpec, tokens } from '../../../packages/agent/tests/agent-host.ts'
import { startTlsPair } from '../../../packages/agent/tests/tls-pair.ts'
import { atEnd } from '../at-end.ts'
import type { Bench, Row } from '../bench.ts'
import { percentile } from '../percentile.ts'

const mib = 1 << 20
const memoryMib = 256
/** Memory that the dirtying guest writes again and again, from 16 MiB on. */
const dirtyMib = 64

/**
 * A boot sector that enters protected mode and writes a word of each page of that memory for ever, with a pause of
 * `spins` turns after each.
 */
function dirtyingSector(spins: number): Buffer {
  const at = 0x7c00
  const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255)
  /** The first instruction in protected mode; the one before it is 23 bytes long with what leads to it. */
  const entry = 23
  const loop = [
    ...[0xff, 0x07], // inc dword [edi]
    ...[0xb9, ...word(spins)], // mov ecx, spins
    ...[0x49, 0x75, 0xfd], // dec ecx; jnz
    ...[0x81, 0xc7, ...word(4096)], // add edi, 4096
    ...[0x81, 0xff, ...word((16 + dirtyMib) * mib)], // cmp edi, end
  ]
  const back = [0x72, 256 - loop.length - 2] // jb loop
  const again = [0xeb, 256 - loop.length - back.length - 5 - 2] // jmp to the mov of edi, 5 bytes before the loop
  const body = [
    ...[0x66, 0xb8, 0x10, 0x00, 0x8e, 0xd8], // mov ax, 0x10; mov ds, ax
    ...[0xbf, ...word(16 * mib)], // mov edi, start
    ...[...loop, ...back, ...again],
  ]
  const segments = entry + body.length
  const table = segments + 24
  const start = [
    ...[0xfa, 0x31, 0xc0, 0x8e, 0xd8], // cli; xor ax, ax; mov ds, ax
    ...[0x0f, 0x01, 0x16, ...word(at + table).slice(0, 2)], // lgdt
    ...[0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0], // cr0 |= 1
    ...[0xea, ...word(at + entry).slice(0, 2), 0x08, 0x00], // far jump
  ]
  const flat = [0xff, 0xff, 0, 0, 0, 0x9a, 0xcf, 0, 0xff, 0xff, 0, 0, 0, 0x92, 0xcf, 0]
  const sector = Buffer.alloc(512)
  sector.set([...start, ...body, ...Array<number>(8).fill(0), ...flat, 23, 0, ...word(at + segments)])
  sector.set([0x55, 0xaa], 510)
  return sector
}

/** A guest that migrates live between two hosts, back and forth, over TLS. */
export const bench: Bench = async ({ quick }) => {
  const title = 'Live migration'
  const reason = cannotRun()
  if (reason !== false) return { title, rows: [], skipped: reason }
  const dir = mkdtempSync(join(tmpdir(), 'alto-bench-migration-'))
  const pair = await startTlsPair(dir)
  const hosts = [pair.source, pair.target] as const
  const forget = atEnd(() => {
    for (const host of hosts) void host.stop()
  })
  try {
    await hosts[0].agent.handlers['pool.attach']({ tokens: tokens(), pool: hosts[0].pool, create: true })
    await hosts[1].agent.handlers['pool.attach']({ tokens: tokens(), pool: hosts[1].pool, create: false })
    // Both ways: what the target has for the way there the source gets for the way back.
    const uri = String(hosts[1].agent.context.settings.get('alto.migration.uri'))
    hosts[0].agent.context.settings.set({
      'alto.migration.uri': uri.replace(/:\d+\//, `:${hosts[0].daemon.tlsPort}/`),
      'alto.migration.address': '127.0.0.1',
    })
    const rows: Row[] = []
    const kinds = [
      ['idle', 0],
      ['dirtying', 20_000],
    ] as const
    for (const [kind, spins] of kinds) {
      const { spec, vm } = await start(hosts[0], kind, spins)
      await sleep(quick ? 1500 : 4000)
      const found: Record<string, unknown>[] = []
      let generation = 1
      for (let turn = 0; turn < (quick ? 1 : 4); turn++) {
        const [from, to] = turn % 2 === 0 ? hosts : ([hosts[1], hosts[0]] as const)
        found.push(await move(from, to, spec, { ...vm, generation: ++generation }))
        await sleep(500)
      }
      rows.push(...rowsOf(kind, found))
      const at = found.length % 2 === 0 ? hosts[0] : hosts[1]
      const stop = { tokens: tokens(), vm: { ...vm, generation }, graceMs: 0 }
      await at.agent.handlers['vm.stop'](stop)
      await at.agent.handlers['job.poll']({ key: stop.tokens.key, waitMs: 20_000 })
    }
    return {
      title,
      rows,
      notes: [
        `A guest of ${memoryMib} MiB on an emulated CPU, between two hosts on this machine over TLS: sender, receiver and both`,
        `libvirtd share its cores. The dirtying guest writes ${dirtyMib} MiB of its memory again and again. The downtime is QEMU's.`,
      ],
    }
  } finally {
    forget()
    for (const host of hosts) await host.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

type Guest = { readonly spec: Params<'vm.start'>['spec']; readonly vm: Params<'vm.start'>['vm'] }

async function start(host: AgentHost, kind: string, spins: number): Promise<Guest> {
  const volumeUuid = randomUUID()
  const image = Buffer.alloc(mib)
  if (spins > 0) dirtyingSector(spins).copy(image)
  const volume = { uuid: volumeUuid, sizeBytes: mib, format: 'raw' as const }
  await host.agent.handlers['volume.create']({ tokens: tokens(), pool: host.pool, volume })
  writeFileSync(join(host.pool.path, volumeUuid), image)
  const disk = { volumeUuid, pool: host.pool, format: 'raw' as const, deviceId: 0 }
  const spec = guestSpec(host, volumeUuid, {
    instanceName: kind === 'idle' ? 'i-2-1-VM' : 'i-2-2-VM',
    memoryBytes: memoryMib * mib,
    disks: [{ ...disk, bus: 'virtio', cache: 'none' }],
  })
  const vm = { instanceName: spec.instanceName, uuid: spec.uuid, generation: 1 }
  const { machineType, cpuXml } = await host.agent.handlers['vm.start']({ tokens: tokens(), vm, spec })
  return { spec: { ...spec, machineType, cpuXml }, vm }
}

async function move(
  from: AgentHost,
  to: AgentHost,
  spec: Guest['spec'],
  vm: Guest['vm'],
): Promise<Record<string, unknown>> {
  const prepared = await to.agent.handlers['vm.migration.prepare']({ tokens: tokens(), vm, spec, source: 'bench' })
  const ask = { tokens: tokens(), vm, ...prepared, autoConverge: true }
  await from.agent.handlers['vm.migration.start'](ask)
  for (;;) {
    const { state, result, error } = await from.agent.handlers['job.poll']({ key: ask.tokens.key, waitMs: 5000 })
    if (state === 'failed') throw new Error(`the migration failed: ${error?.message}`)
    if (state !== 'done') continue
    await to.agent.handlers['vm.migration.settle']({ tokens: tokens(), vm, decision: 'keep' })
    await from.agent.handlers['vm.migration.settle']({ tokens: tokens(), vm, decision: 'drop' })
    return result as Record<string, unknown>
  }
}

function rowsOf(kind: string, found: readonly Record<string, unknown>[]): Row[] {
  const all = (name: string): number[] => found.map((one) => Number(one[name]))
  const middle = (name: string): number => percentile(all(name), 0.5)
  const rate = found.map((one) => Number(one.transferredBytes) / 1e6 / (Number(one.totalMs) / 1000))
  const passes = `${Math.min(...all('iterations'))} to ${Math.max(...all('iterations'))} passes over the memory`
  return [
    {
      what: `${kind} guest: downtime`,
      value: middle('downtimeMs'),
      unit: 'ms',
      detail: `median of ${found.length}, longest ${Math.max(...all('downtimeMs'))}`,
    },
    {
      what: `${kind} guest: whole migration`,
      value: middle('totalMs'),
      unit: 'ms',
      detail: `${Math.round(middle('transferredBytes') / 1e6)} MB sent, ${passes}`,
    },
    { what: `${kind} guest: throughput`, value: Math.round(percentile(rate, 0.5)), unit: 'MB/s' },
  ]
}
