import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DomainReport, HostMethodName, Params, UnmanagedGuest } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { Agents } from '../agents/agents-port.ts'

/**
 * Hosts in memory behind the Agents port: a journal by key, guests with generations, files on pools. For tests of
 * workflows, which break calls at chosen points; the wire and the real methods are tested with simulated hosts.
 */
export type ModelHost = {
  connected: boolean
  /** instance name → guest. */
  readonly guests: Map<
    string,
    { generation: number; state: 'running' | 'paused'; uuid: string; nics?: number; cdrom?: string | undefined }
  >
  readonly journal: Map<string, { readonly result: unknown } | { readonly error: unknown }>
}
export type Trouble = {
  readonly method: HostMethodName
  readonly hostId?: number
  /**
   * refuse: no effect; half: the effect happened and the host says failed; lose: effect, no answer; cut: the link goes;
   * libvirt: its libvirtd is away, before the effect.
   */
  readonly how: 'libvirt' | 'refuse' | 'half' | 'lose' | 'cut' | 'unsent'
  /** How often; once unless said. */
  readonly times?: number
}

/** `before`: how many `calls` were made when it was told. */
export type Told = { readonly hostId: number; readonly wanted: Params<'network.apply'>; readonly before: number }

export type ModelHosts = {
  readonly agents: Agents
  readonly hosts: ReadonlyMap<number, ModelHost>
  /** Files by pool uuid: volume and template uuids. */
  readonly files: Map<string, Set<string>>
  /** Disks plugged into running guests, as `instance name/volume uuid`. */
  readonly plugged: ReadonlySet<string>
  readonly plug: (instanceName: string, volumeUuid: string) => void
  readonly unplug: (instanceName: string, volumeUuid: string) => void
  /** Images arrive changed. */
  corrupt: boolean
  /** Snapshots inside disks, as `volume uuid/snapshot uuid`. */
  readonly inner: ReadonlySet<string>
  /** Guests that somebody made on a host by hand, or that were let go of: by name. */
  readonly foreign: Map<string, { readonly hostId: number; readonly guest: UnmanagedGuest }>
  /** Images that a migration has prepared and not filled, as `pool uuid/volume uuid`. */
  readonly half: ReadonlySet<string>
  /** Bytes by volume uuid. */
  readonly sizes: Map<string, number>
  readonly calls: string[]
  /** What each host was told of guests' networks, and what its guests were started with. */
  readonly told: Told[]
  readonly specs: Map<string, Params<'vm.start'>['spec']>
  readonly trouble: (trouble: Trouble) => void
  /** What was troubled is well again. */
  readonly calm: () => void
  /** The next migration goes on until it is aborted. */
  readonly holdMigration: () => void
  readonly connect: (hostId: number, connected: boolean) => void
  /** Where a guest runs, by instance name. */
  readonly running: (instanceName: string) => readonly number[]
}

/** What every snapshot of the model is. */
export const modelImage = Buffer.from('an image of a model host')

/** `dataDir`: where uploads arrive, as the server's. */
export function createModelHosts(ids: readonly number[], options: { readonly dataDir?: string } = {}): ModelHosts {
  const hosts = new Map<number, ModelHost>(
    ids.map((id) => [id, { connected: true, guests: new Map(), journal: new Map() }]),
  )
  const files = new Map<string, Set<string>>()
  const plugged = new Set<string>()
  const sizes = new Map<string, number>()
  const inner = new Set<string>()
  const mirrored = new Map<string, string>()
  const half = new Set<string>()
  const foreign: ModelHosts['foreign'] = new Map()
  const kept: ModelHosts['foreign'] = new Map()
  const calls: string[] = []
  const told: Told[] = []
  const specs = new Map<string, Params<'vm.start'>['spec']>()
  let held: PromiseWithResolvers<never> | undefined
  const troubles: { trouble: Trouble; left: number }[] = []
  const of = (pool: string): Set<string> => {
    const set = files.get(pool) ?? new Set<string>()
    files.set(pool, set)
    return set
  }

  // biome-ignore lint/suspicious/noExplicitAny: one table of every method's effect
  const effects: Partial<Record<HostMethodName, (host: ModelHost, params: any, hostId: number) => unknown>> = {
    'template.install': (_host, p: Params<'template.install'>) => {
      of(p.pool.uuid).add(p.template.uuid)
      return {}
    },
    'template.remove': (_host, p: Params<'template.remove'>) => {
      of(p.pool.uuid).delete(p.templateUuid)
      return {}
    },
    'volume.create': (_host, p: Params<'volume.create'>) => {
      if (p.volume.templateUuid !== undefined && !of(p.pool.uuid).has(p.volume.templateUuid)) {
        throw agentFailure('template.absent', 'no template', { evidence: { effectPossible: false } })
      }
      of(p.pool.uuid).add(p.volume.uuid)
      sizes.set(p.volume.uuid, p.volume.sizeBytes)
      return { sizeBytes: p.volume.sizeBytes, physicalBytes: 200_000, path: p.volume.uuid }
    },
    'volume.remove': (_host, p: Params<'volume.remove'>) => {
      of(p.pool.uuid).delete(p.volumeUuid)
      half.delete(`${p.pool.uuid}/${p.volumeUuid}`)
      return {}
    },
    'volume.attach': (host, p: Params<'volume.attach'>) => {
      if (!of(p.disk.pool.uuid).has(p.disk.volumeUuid)) {
        throw agentFailure('volume.absent', 'no disk', { evidence: { effectPossible: false } })
      }
      if (!host.guests.has(p.vm.instanceName)) {
        throw agentFailure('vm.absent', 'no guest', { evidence: { effectPossible: false } })
      }
      plugged.add(`${p.vm.instanceName}/${p.disk.volumeUuid}`)
      return { device: `vd${p.disk.deviceId}` }
    },
    'volume.detach': (_host, p: Params<'volume.detach'>) => {
      plugged.delete(`${p.vm.instanceName}/${p.volumeUuid}`)
      return {}
    },
    'volume.resize': (_host, p: Params<'volume.resize'>) => {
      sizes.set(p.volume.volumeUuid, p.sizeBytes)
      return { sizeBytes: p.sizeBytes, physicalBytes: 200_000 }
    },
    'volume.stat': (_host, p: Params<'volume.stat'>) => ({
      present: of(p.pool.uuid).has(p.volumeUuid),
      sizeBytes: sizes.get(p.volumeUuid) ?? 0,
      physicalBytes: 200_000,
    }),
    'volume.tune': () => ({}),
    'volume.unmanaged': (_host, p: Params<'volume.unmanaged'>) => ({
      files: [...of(p.pool.uuid)]
        .filter((name) => (p.name ?? name) === name)
        .map((name) => ({ name, sizeBytes: 200_000, ...shapes(name, sizes.get(name)) })),
    }),
    'volume.adopt': (_host, p: Params<'volume.adopt'>) => {
      const there = of(p.pool.uuid)
      if (!there.has(p.name) && !there.has(p.volumeUuid)) {
        throw agentFailure('volume.absent', 'no file', { evidence: { effectPossible: false } })
      }
      there.delete(p.name)
      there.add(p.volumeUuid)
      sizes.set(p.volumeUuid, p.virtualSizeBytes)
      return { physicalBytes: 200_000 }
    },
    'volume.release': (_host, p: Params<'volume.release'>) => {
      if (!of(p.pool.uuid).delete(p.volumeUuid)) return {}
      of(p.pool.uuid).add(p.name)
      return {}
    },
    'volume.copy': (_host, p: Params<'volume.copy'>) => {
      if (!of(p.volume.pool.uuid).has(p.volume.volumeUuid)) {
        throw agentFailure('volume.absent', 'no volume', { evidence: { effectPossible: false } })
      }
      of(p.to.uuid).add(p.volume.volumeUuid)
      return { sizeBytes: sizes.get(p.volume.volumeUuid) ?? 0, physicalBytes: 200_000 }
    },
    'volume.mirror': (_host, p: Params<'volume.mirror'>) => {
      of(p.to.uuid).add(p.volume.volumeUuid)
      return { sizeBytes: sizes.get(p.volume.volumeUuid) ?? 0, physicalBytes: 200_000 }
    },
    'volume.mirror.end': (host, p: Params<'volume.mirror.end'>) => {
      const gone = !host.guests.has(p.vm.instanceName)
      if (gone ? p.turned : p.decision === 'turn') mirrored.set(p.volume.volumeUuid, p.to.uuid)
      if (mirrored.get(p.volume.volumeUuid) === p.to.uuid) return { moved: true }
      of(p.to.uuid).delete(p.volume.volumeUuid)
      return { moved: false }
    },
    'volume.fetch': (_host, p: Params<'volume.fetch'>) => {
      of(p.pool.uuid).add(p.volume.uuid)
      sizes.set(p.volume.uuid, p.volume.sizeBytes)
      return { sizeBytes: p.volume.sizeBytes, physicalBytes: 200_000 }
    },
    'snapshot.take': (_host, p: Params<'snapshot.take'>) => {
      of(p.volume.pool.uuid).add(p.snapshotUuid)
      return {
        sizeBytes: modelImage.length,
        virtualSizeBytes: sizes.get(p.volume.volumeUuid) ?? 1,
        sha256: createHash('sha256').update(modelImage).digest('hex'),
      }
    },
    'snapshot.upload': (_host, p: Params<'snapshot.upload'>) => {
      if (!of(p.pool.uuid).has(p.snapshotUuid)) {
        throw agentFailure('snapshot.absent', 'no snapshot', { evidence: { effectPossible: false } })
      }
      const directory = join(options.dataDir ?? '/nonexistent', 'uploads')
      mkdirSync(directory, { recursive: true })
      writeFileSync(join(directory, `${p.snapshotUuid}.part`), made.corrupt ? 'corrupt' : modelImage)
      return { sentBytes: p.sizeBytes }
    },
    'snapshot.remove': (_host, p: Params<'snapshot.remove'>) => {
      of(p.pool.uuid).delete(p.snapshotUuid)
      return {}
    },
    'vm.snapshot.create': (_host, p: Params<'vm.snapshot.create'>) => {
      for (const disk of p.disks) inner.add(`${disk.volumeUuid}/${p.snapshotUuid}`)
      return {}
    },
    'vm.snapshot.revert': () => ({}),
    'vm.snapshot.remove': (_host, p: Params<'vm.snapshot.remove'>) => {
      for (const disk of p.disks) inner.delete(`${disk.volumeUuid}/${p.snapshotUuid}`)
      return {}
    },
    'vm.start': (host, p: Params<'vm.start'>) => {
      specs.set(p.vm.instanceName, p.spec)
      for (const disk of p.spec.disks) {
        if (!of(disk.pool.uuid).has(disk.volumeUuid))
          throw agentFailure('volume.absent', 'no disk', { evidence: { effectPossible: false } })
      }
      const { cdrom } = p.spec
      if (cdrom !== undefined && !of(cdrom.pool.uuid).has(cdrom.uuid)) {
        throw agentFailure('template.absent', 'no ISO', { evidence: { effectPossible: false } })
      }
      host.guests.set(p.vm.instanceName, {
        generation: p.vm.generation,
        state: 'running',
        uuid: p.vm.uuid,
        ...(cdrom === undefined ? {} : { cdrom: cdrom.uuid }),
      })
      return { vncPort: 5901, machineType: 'pc-i440fx-7.2', cpuXml: '<cpu/>', acceleration: 'kvm', state: 'running' }
    },
    'vm.stop': (host, p: Params<'vm.stop'>) => {
      host.guests.delete(p.vm.instanceName)
      return {}
    },
    'vm.unmanaged': (_host, p: Params<'vm.unmanaged'>, hostId) => ({
      guests: [...foreign.values()]
        .filter((one) => one.hostId === hostId && (p.name === undefined || one.guest.name === p.name))
        .map(({ guest }) => guest),
    }),
    'vm.adopt': (host, p: Params<'vm.adopt'>) => {
      const found = foreign.get(p.vm.instanceName)
      if (found === undefined) {
        if (host.guests.has(p.vm.instanceName)) return { power: 'PowerOn', vncPort: 5907 }
        if (kept.has(p.vm.instanceName)) return { power: 'PowerOff' }
        throw agentFailure('vm.absent', 'no guest', { evidence: { effectPossible: false } })
      }
      foreign.delete(p.vm.instanceName)
      kept.set(p.vm.instanceName, found)
      for (const { pool, name, volumeUuid } of p.files) {
        of(pool.uuid).delete(name)
        of(pool.uuid).add(volumeUuid)
      }
      if (found.guest.power !== 'PowerOn') return { power: 'PowerOff' }
      host.guests.set(p.vm.instanceName, { generation: p.vm.generation, state: 'running', uuid: p.vm.uuid })
      return { power: 'PowerOn', vncPort: 5907 }
    },
    'vm.release': (host, p: Params<'vm.release'>, hostId) => {
      const known = kept.get(p.vm.instanceName)
      const power = host.guests.has(p.vm.instanceName) ? ('PowerOn' as const) : ('PowerOff' as const)
      if (known !== undefined && p.restore) {
        for (const { pool, name, volumeUuid } of p.files) {
          of(pool.uuid).delete(volumeUuid)
          of(pool.uuid).add(name)
        }
      }
      host.guests.delete(p.vm.instanceName)
      const made = known ?? { hostId, guest: describeGuest(p.vm, p.spec) }
      if (known !== undefined || !p.restore) {
        foreign.set(p.vm.instanceName, { hostId, guest: { ...made.guest, power, lastGeneration: p.vm.generation } })
      }
      kept.delete(p.vm.instanceName)
      return { defined: true }
    },
    'vm.reboot': () => ({}),
    'vm.cdrom': (host, p: Params<'vm.cdrom'>) => {
      const guest = host.guests.get(p.vm.instanceName)
      if (guest === undefined) throw agentFailure('vm.absent', 'no guest', { evidence: { effectPossible: false } })
      if (p.iso !== undefined && !of(p.iso.pool.uuid).has(p.iso.uuid)) {
        throw agentFailure('template.absent', 'no ISO', { evidence: { effectPossible: false } })
      }
      guest.cdrom = p.iso?.uuid
      return {}
    },
    'vm.nics': (host, p: Params<'vm.nics'>) => {
      const guest = host.guests.get(p.vm.instanceName)
      if (guest === undefined) throw agentFailure('vm.absent', 'no guest', { evidence: { effectPossible: false } })
      // What counts: cards whose link is up, and addresses.
      const up = p.nics.filter((nic) => nic.linkUp !== false)
      guest.nics = up.length * 100 + p.nics.flatMap((nic) => nic.addresses ?? []).length
      return { plugged: [], unplugged: [] }
    },
    'network.peers': () => ({}),
    'network.verify': () => ({}),
    'network.probe': (_host, p: Params<'network.probe'>) => ({
      answers: p.ask.map(({ address }) => ({ address, shared: true, seen: 'model' })),
    }),
    'vm.migration.check': () => ({ refusals: [], address: '10.0.0.1' }),
    'vm.migration.prepare': (_host, p: Params<'vm.migration.prepare'>, hostId) => {
      for (const { to, volumeUuid } of p.copies ?? []) {
        of(to.uuid).add(volumeUuid)
        half.add(`${to.uuid}/${volumeUuid}`)
      }
      return { uri: `qemu+tls://h${hostId}/system`, migrateUri: 'tls://x' }
    },
    'vm.migration.settle': (host, p: Params<'vm.migration.settle'>) => {
      const guest = host.guests.get(p.vm.instanceName)
      if (guest === undefined) return { state: 'absent' }
      if (p.decision === 'drop' && guest.state === 'paused') host.guests.delete(p.vm.instanceName)
      else if (p.decision === 'keep') guest.generation = p.vm.generation
      return { state: host.guests.get(p.vm.instanceName)?.state ?? 'absent' }
    },
    'vm.migration.start': (host, p: Params<'vm.migration.start'>, hostId) => {
      const guest = host.guests.get(p.vm.instanceName)
      if (guest === undefined) throw agentFailure('vm.absent', 'no guest', { evidence: { effectPossible: false } })
      if (held !== undefined) return held.promise
      for (const { to, volumeUuid } of p.copies ?? []) {
        if (!of(to.uuid).has(volumeUuid)) throw agentFailure('vm.migration', 'the destination has no image')
        half.delete(`${to.uuid}/${volumeUuid}`)
      }
      const [, other] =
        [...hosts].find(([id]) => id !== hostId && id === Number(p.uri.match(/\d+/)?.[0] ?? Number.NaN)) ??
        [...hosts].find(([id]) => id !== hostId)!
      other.guests.set(p.vm.instanceName, { ...guest, generation: p.vm.generation })
      host.guests.delete(p.vm.instanceName)
      return { downtimeMs: 42, totalMs: 1200 }
    },
    'vm.migration.abort': () => {
      held?.reject(agentFailure('vm.migration-aborted', 'the migration was cancelled'))
      held = undefined
      return { aborted: true }
    },
    'vm.inspect': (host, p: Params<'vm.inspect'>) => {
      const guest = host.guests.get(p.instanceName)
      if (guest === undefined) return { present: false }
      const domain: DomainReport = {
        instanceName: p.instanceName,
        uuid: guest.uuid,
        power: 'PowerOn',
        state: guest.state,
        reason: '',
        generation: guest.generation,
        migrating: 'none',
      }
      return { present: true, domain, vncPort: 5902 }
    },
    'vm.list': (host) => ({
      domains: [...host.guests].map(([instanceName, guest]) => ({
        instanceName,
        uuid: guest.uuid,
        power: 'PowerOn',
        state: guest.state,
        reason: '',
        generation: guest.generation,
        migrating: 'none',
      })),
    }),
    'pool.attach': () => ({ capacityBytes: 1e12, usedBytes: 0, availableBytes: 1e12 }),
    'pool.detach': () => ({}),
    'pool.list': (_host, p: Params<'pool.list'>) => ({
      files: [...of(p.pool.uuid)].map((name) => ({ name, kind: 'volume', sizeBytes: 1, modified: 0 })),
    }),
  }

  // biome-ignore lint/suspicious/noExplicitAny: the port's own types are generic
  async function act(hostId: number, method: HostMethodName, params: any): Promise<any> {
    const host = hosts.get(hostId)
    // Duties tell it in their own time: it is not among the calls that a test expects.
    if (method !== 'network.apply') calls.push(`${method}@${hostId}`)
    await Promise.resolve()
    const unreachable = (): Error =>
      agentFailure('agent.unreachable', `${method}: not connected`, { evidence: { effectPossible: false } })
    if (host === undefined || !host.connected) throw unreachable()
    const key = params?.tokens?.key as string | undefined
    const entry = troubles.find(
      (one) => one.left > 0 && one.trouble.method === method && (one.trouble.hostId ?? hostId) === hostId,
    )
    const how = entry?.trouble.how
    if (entry !== undefined) entry.left--
    if (how === 'unsent') throw unreachable()
    if (how === 'libvirt') {
      throw agentFailure('agent.libvirt-down', 'libvirtd does not answer', { evidence: { effectPossible: true } })
    }
    if (how === 'refuse') throw agentFailure('vm.start', 'the host refuses', { evidence: { effectPossible: false } })
    if (method === 'network.apply') {
      told.push({ hostId, wanted: params, before: calls.length })
      return { commands: 0, milliseconds: 0 }
    }
    const known = key === undefined ? undefined : host.journal.get(key)
    const outcome = known ?? (await run(host))
    // As an agent does: the failure of a short method is not kept, its repeat runs again.
    if (key !== undefined && 'result' in outcome && how !== 'half') host.journal.set(key, outcome)
    if (how === 'cut') host.connected = false
    if (how === 'lose' || how === 'cut') {
      throw agentFailure('agent.outcome-unknown', `${method}: no answer`, { evidence: { effectPossible: true } })
    }
    if (how === 'half') throw agentFailure('vm.start', 'failed half way', { evidence: { effectPossible: true } })
    if ('error' in outcome) throw outcome.error
    return outcome.result

    async function run(at: ModelHost): Promise<{ readonly result: unknown } | { readonly error: unknown }> {
      const effect = effects[method]
      if (effect === undefined) throw new Error(`the model host has no ${method}`)
      try {
        return { result: await effect(at, params, hostId) }
      } catch (error) {
        return { error }
      }
    }
  }

  const agents = {
    call: act,
    run: act,
    isConnected: (id: number) => hosts.get(id)?.connected === true,
    connected: async (id: number) => {
      if (hosts.get(id)?.connected !== true) throw agentFailure('agent.unreachable', 'not connected')
    },
    drop: () => undefined,
    load: () => undefined,
    acknowledge: () => undefined,
    trust: () => {
      throw new Error('the model hosts need no trust')
    },
  } as unknown as Agents

  const made: ModelHosts = {
    corrupt: false,
    agents,
    hosts,
    files,
    plugged,
    inner,
    half,
    foreign,
    plug: (instanceName, volumeUuid) => void plugged.add(`${instanceName}/${volumeUuid}`),
    unplug: (instanceName, volumeUuid) => void plugged.delete(`${instanceName}/${volumeUuid}`),
    sizes,
    calls,
    told,
    specs,
    trouble: (trouble) => troubles.push({ trouble, left: trouble.times ?? 1 }),
    calm: () => void troubles.splice(0),
    holdMigration: () => {
      held = Promise.withResolvers<never>()
    },
    connect: (hostId, connected) => {
      const host = hosts.get(hostId)
      if (host !== undefined) host.connected = connected
    },
    running: (instanceName) =>
      [...hosts].filter(([, host]) => host.guests.get(instanceName)?.state === 'running').map(([id]) => id),
  }
  return made
}

/** What a file of the model is: its name tells, and its size where that was set. */
function shapes(
  name: string,
  size: number | undefined,
): { format?: 'qcow2' | 'raw'; virtualSizeBytes?: number; seen?: string } {
  if (name.endsWith('.hostile')) return { seen: 'it is a symbolic link' }
  return { format: name.endsWith('.raw') ? 'raw' : 'qcow2', virtualSizeBytes: size ?? 1024 ** 3 }
}

function describeGuest(vm: Params<'vm.release'>['vm'], spec: Params<'vm.release'>['spec']): UnmanagedGuest {
  return {
    ...{ name: vm.instanceName, uuid: vm.uuid, power: 'PowerOff', cpus: spec?.cpus ?? 1, architecture: 'x86_64' },
    ...{ memoryBytes: spec?.memoryBytes ?? 1, machineType: '', cpuXml: '', bootMode: 'BIOS', lastGeneration: 0 },
    disks: (spec?.disks ?? []).map((disk) => ({
      ...{ target: `vd${'abcdefgh'[disk.deviceId]}`, bus: disk.bus, format: disk.format, sizeBytes: 1 },
      path: `${disk.pool.path}/${disk.volumeUuid}`,
    })),
    nics: (spec?.nics ?? []).map(({ mac, bridge, model }) => ({ mac, bridge, model, tap: '' })),
  }
}
