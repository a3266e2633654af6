import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AltoError, Runtime } from '@altostack/core'
import { errorText } from '@altostack/core'
import type { Fault, FaultTarget } from './faults.ts'
import { createFleet, type SimulatedFleet } from './fleet.ts'
import { type FleetStore, openFleetStore } from './fleet-store.ts'
import { defaultSize, type HostProfile, type HostSize, hostProfile } from './host-profile.ts'
import { dialGate, webSocketTransport } from './transport.ts'
import { type Joined, joinClient, joinServer, parseJoinToken, renewIdentity } from './trust/join.ts'
import { type Identity, renewalTime } from './trust/tls.ts'

export type SimulatorLog = (level: 'info' | 'warn', message: string, fields?: Readonly<Record<string, unknown>>) => void
export type SimulatorOptions = {
  readonly runtime: Runtime
  readonly stateDir: string
  readonly hosts: number
  /** Join tokens, each good for one host. Asked again while hosts have none. */
  readonly tokens: () => readonly string[]
  /** `host:port` that replaces what tokens and servers say. */
  readonly server?: string
  readonly seed?: number
  readonly hostPrefix?: string
  readonly size?: Partial<HostSize>
  readonly latencyMs?: number
  readonly faults?: readonly { readonly target: FaultTarget; readonly fault: Fault }[]
  readonly backoffMs?: { readonly first: number; readonly longest: number }
  /** How often certificates are looked at; ten minutes unless said. */
  readonly renewalPollMs?: number
  readonly log: SimulatorLog
}
export type Simulator = {
  readonly fleet: SimulatedFleet
  /** Resolves when every host has an identity and its agent has started. Rejects when stopped before. */
  readonly ready: Promise<void>
  readonly connected: () => number
  readonly stop: () => void
}

const joinsAtOnce = 16
const dialsAtOnce = 64
const tokenPollMs = 1000

/** One process of simulated hosts over real TLS: joins those that have no identity yet, starts all, keeps them renewed. */
export function startSimulator(options: SimulatorOptions): Simulator {
  const { runtime, log } = options
  const store = openFleetStore(options.stateDir)
  const stopping = new AbortController()
  const identities = new Map<number, Identity>()
  const client = joinClient()
  const name = store.name(() => runtime.uuid())
  const size = { ...defaultSize, ...options.size }
  const gate = dialGate(dialsAtOnce)
  const fleet = createFleet({
    runtime,
    name,
    size,
    hostPrefix: options.hostPrefix ?? 'sim',
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.latencyMs === undefined ? {} : { latencyMs: options.latencyMs }),
    storageWatcher: { file: store.saveFile, marker: store.saveMarker },
  })
  for (const pool of store.pools()) fleet.restoreStorage(pool.key, pool.marker, pool.files)

  function profileOf(index: number): HostProfile {
    return hostProfile(name, index, size, options.hostPrefix ?? 'sim')
  }

  function add(index: number, identity: Identity, servers: readonly string[]): void {
    identities.set(index, identity)
    const saved = store.host(index)
    const wanted = options.server === undefined ? (saved?.disk.servers ?? servers) : [options.server]
    const host = fleet.addHost({
      index,
      hostUuid: identity.hostUuid,
      servers: wanted,
      transport: webSocketTransport(() => identities.get(index) ?? identity, gate),
      ...(saved === undefined ? {} : { saved: { ...saved, disk: { ...saved.disk, servers: wanted } } }),
      ...(options.backoffMs === undefined ? {} : { backoffMs: options.backoffMs }),
      save: () => store.saveHost(index, () => host.saved()),
      onForgotten: () => {
        identities.delete(index)
        store.saveIdentity(index, undefined)
        noteJoined(options.stateDir, store)
        log('warn', 'host was removed by its server', { host: host.profile.name })
      },
      onLink: (server, state, reason) => {
        if (state === 'waiting') log('info', 'connection lost or refused', { host: host.profile.name, server, reason })
      },
    })
    for (const { target, fault } of options.faults ?? []) host.fail(target, fault)
    host.start()
  }

  async function bring(): Promise<void> {
    const missing: number[] = []
    for (let index = 0; index < options.hosts; index++) {
      const identity = store.identity(index)
      if (identity === undefined) missing.push(index)
      else add(index, identity, [])
    }
    noteJoined(options.stateDir, store)
    log('info', 'hosts started', { known: options.hosts - missing.length, toJoin: missing.length })
    if (missing.length === 0) return
    const tokens = tokenQueue(options, stopping.signal)
    await Promise.all(Array.from({ length: joinsAtOnce }, () => joinSome(missing, tokens)))
    client.connections.destroy()
    log('info', 'every host has joined', { hosts: options.hosts })
  }

  async function joinSome(missing: number[], tokens: TokenQueue): Promise<void> {
    for (;;) {
      const index = missing.shift()
      if (index === undefined) return
      const { identity, servers } = await joinOne(index, tokens)
      store.saveIdentity(index, identity)
      noteJoined(options.stateDir, store, identity.hostUuid)
      add(index, identity, servers)
    }
  }

  /** Tries tokens until one is taken: used and expired ones are passed over. */
  async function joinOne(index: number, tokens: TokenQueue): Promise<Joined> {
    const profile = profileOf(index)
    for (;;) {
      const text = await tokens.take()
      for (;;) {
        try {
          const token = parseJoinToken(text)
          return await joinServer(
            runtime,
            options.server === undefined ? token : { ...token, servers: [options.server] },
            profile,
            client,
          )
        } catch (error) {
          stopping.signal.throwIfAborted()
          const { code, seen, fix } = error as AltoError
          log('warn', 'join failed', { host: profile.name, code, seen: seen ?? errorText(error), fix })
          if (code !== 'agent.unreachable') break
          await runtime.sleep(tokenPollMs, stopping.signal)
        }
      }
    }
  }

  /** One timer for all certificates. */
  async function renew(): Promise<void> {
    for (;;) {
      await runtime.sleep(options.renewalPollMs ?? 600_000, stopping.signal)
      for (const [index, identity] of [...identities]) {
        if (runtime.now() < renewalTime(identity.certificate)) continue
        const host = fleet.hosts().find((one) => one.profile.index === index)
        const server = host?.session()?.primary
        if (host === undefined || server === undefined) continue
        try {
          const next = await renewIdentity(runtime, server, identity, profileOf(index))
          identities.set(index, next)
          store.saveIdentity(index, next)
          host.session()?.reconnect('certificate renewed')
        } catch (error) {
          log('warn', 'certificate could not be renewed', { host: host.profile.name, error: errorText(error) })
        }
      }
    }
  }

  const ready = bring()
  ready.catch(() => {})
  renew().catch(() => {})
  return {
    fleet,
    ready,
    connected: () => fleet.hosts().filter((host) => host.session()?.primary !== undefined).length,
    stop() {
      stopping.abort(new Error('the simulator stops'))
      client.connections.destroy()
      fleet.stop()
      store.close()
    },
  }
}

type TokenQueue = { readonly take: () => Promise<string> }

/** Hands each token out once; waits for more when all are used. */
function tokenQueue(options: SimulatorOptions, signal: AbortSignal): TokenQueue {
  const given = new Set<string>()
  let left: string[] = []
  let said = false
  return {
    async take() {
      for (;;) {
        // Read anew only when all are used: a file of thousands is not read for each of them.
        if (left.length === 0) left = options.tokens().filter((token) => !given.has(token))
        const next = left.shift()
        if (next !== undefined) {
          given.add(next)
          return next
        }
        if (!said) options.log('warn', 'hosts wait for join tokens', { fix: 'Add tokens to the tokens file.' })
        said = true
        await options.runtime.sleep(tokenPollMs, signal)
      }
    },
  }
}

/** `joined`: the host ids of the fleet, a line each, for whoever makes its tokens. */
function noteJoined(stateDir: string, store: FleetStore, added?: string): void {
  const path = join(stateDir, 'joined')
  if (added === undefined)
    writeFileSync(
      path,
      store
        .joined()
        .map((uuid) => `${uuid}\n`)
        .join(''),
      { mode: 0o600 },
    )
  else writeFileSync(path, `${added}\n`, { flag: 'a' })
}

/** Tokens of a file, a line each; none while it does not exist. */
export function readTokens(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
