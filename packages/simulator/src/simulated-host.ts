import {
  createSession,
  createStatsLoop,
  type DomainReport,
  type GuestData,
  type Handlers,
  type HostMethodName,
  hostRefusal,
  methods,
  type ParamsInput,
  protocolVersion,
  rangesDigest,
  rpcErrorCodes,
  type Session,
  type Transport,
} from '@altostack/agent-api'
import { agentFailure, type Runtime } from '@altostack/core'
import { acknowledge } from './acknowledge.ts'
import type { Domain, SavedDomain } from './domain.ts'
import { domainReport, domainReports, goneReport } from './domain-report.ts'
import { createExecutor } from './executor.ts'
import { createFaults, type Fault, type FaultTarget, faultError } from './faults.ts'
import type { HostContext } from './host-context.ts'
import { emptyDisk, type HostDisk, readDisk, type SavedDisk, saveDisk } from './host-disk.ts'
import { hostMethods, mutatingMethods } from './host-methods.ts'
import { agentVersion, checksOf, factsOf, type HostProfile } from './host-profile.ts'
import { simulatedGuestStats, simulatedHostStats } from './host-stats.ts'
import { createHypervisor, type DomainEvent, type Hypervisor } from './hypervisor.ts'
import { keyedLock } from './keyed-lock.ts'
import { createHostLink } from './link.ts'
import { spaceOf } from './storage.ts'
import { heardIncarnation, refuseFenced } from './tokens.ts'
import { freeMemory } from './vm-refusals.ts'
import type { World } from './world.ts'

export type SavedHost = {
  readonly bootId: string
  readonly disk: SavedDisk
  readonly domains: readonly SavedDomain[]
}
export type SimulatedHostOptions = {
  readonly runtime: Runtime
  readonly world: World
  readonly profile: HostProfile
  readonly hostUuid: string
  readonly servers: readonly string[]
  readonly transport: Transport
  /** Uniform in [0, 1): chances of faults and latency. */
  readonly random: () => number
  /** Mean time of a call before its effect, ms; drawn from half to one and a half of it. */
  readonly latencyMs: number
  readonly backoffMs?: { readonly first: number; readonly longest: number }
  readonly saved?: SavedHost
  /** Called with everything that a restart of the process must find again. */
  readonly save?: (host: SavedHost) => void
  /** host.remove with `forget`. */
  readonly onForgotten?: () => void
  /** How an image comes to one of the servers. */
  readonly sendImage?: (uuid: string, content: Uint8Array, servers: readonly string[]) => Promise<void>
  readonly onLink?: (server: string, state: 'connecting' | 'up' | 'waiting', reason: string) => void
  readonly onError?: (error: unknown, where: string) => void
}

/** `stopped` and `crashed`: the agent does not run, guests do. `off`: no power, no guests. `left`: removed by the server. */
export type HostState = 'stopped' | 'running' | 'crashed' | 'off' | 'left'

/** One simulated host: a machine, its hypervisor, its agent's disk, and the agent while it runs. */
export type SimulatedHost = {
  readonly profile: HostProfile
  readonly hostUuid: string
  readonly hypervisor: Hypervisor
  readonly state: () => HostState
  /** Starts the agent; nothing when it runs. */
  readonly start: () => void
  /** Ends the agent in order; guests run on. */
  readonly stop: (reason?: string) => void
  /** Kills the agent at this instant; guests and migrations go on, journaled intents stay started. */
  readonly crash: () => void
  /** Power cut: agent and guests are gone; the disk stays. */
  readonly powerOff: () => void
  /** Starts the agent again after a crash or stop; after a power cut the machine boots anew first. */
  readonly restart: () => void
  /** As SIGSTOP: nothing goes in or out and no effect happens until `thaw`. */
  readonly freeze: () => void
  readonly thaw: () => void
  /** Pulls the network cable: nobody is told. `heal` puts it back. */
  readonly cut: () => void
  readonly heal: () => void
  /** Breaks the connections without a goodbye; the agent connects again by itself. */
  readonly disconnect: () => void
  /** The agent's disk is full: no new work is taken. */
  readonly fillDisk: () => void
  readonly freeDisk: () => void
  readonly fail: (target: FaultTarget, fault: Fault) => void
  readonly clearFaults: () => void
  /** The next migration from here loses its hand-over: both copies stay paused. */
  readonly loseHandOver: () => void
  /** A guest ends by itself: its owner shut it down, or it crashed. */
  readonly endGuest: (instanceName: string, how: 'shutdown' | 'crashed') => boolean
  /** Whether a guest ignores being asked to shut down. */
  readonly deafen: (instanceName: string, deaf: boolean) => void
  readonly domains: () => DomainReport[]
  /** Keys of the journal, for assertions. */
  readonly openKeys: () => string[]
  readonly reservations: () => HostDisk['reservations']
  /** What the host would hold guests to and tell them. */
  readonly guestNetwork: () => Pick<HostDisk, 'groups' | 'names' | 'guestData' | 'protectedAddresses'>
  /** A guest fetches its password, as its boot does; undefined when it has none. */
  readonly takePassword: (instanceName: string) => Promise<string | undefined>
  /** What a hello's answer says of the host's incarnation. */
  readonly hear: (current: number, acknowledged: number) => void
  readonly incarnation: () => { readonly acknowledged: number; readonly heard: number }
  /** What a server calls, without a connection. Throws while the agent does not run. */
  readonly handlers: () => Handlers<'agent'>
  /** The session of the running agent. */
  readonly session: () => Session | undefined
  readonly saved: () => SavedHost
}

/** One life of the agent process. */
type Life = {
  readonly end: AbortController
  readonly session: Session
  readonly handlers: Handlers<'agent'>
}

export function createSimulatedHost(options: SimulatedHostOptions): SimulatedHost {
  const { runtime, world, profile } = options
  const disk = options.saved === undefined ? emptyDisk(options.servers) : readDisk(options.saved.disk)
  const faults = createFaults(options.random)
  const link = createHostLink(options.transport)
  let bootId = options.saved?.bootId ?? runtime.uuid()
  let state: HostState = 'stopped'
  let life: Life | undefined
  let diskFull = false
  let handOverLost = false
  let cableOut = false
  let thawed: Promise<void> | undefined
  let release = (): void => {}

  const save = (): void => options.save?.(saved())
  const saved = (): SavedHost => ({ bootId, disk: saveDisk(disk), domains: hypervisor.saved() })
  const hypervisor = createHypervisor({
    runtime,
    profile,
    oracle: world.oracle,
    storage: world.storage,
    reachable: () => state !== 'off' && !cableOut,
    losesHandOver() {
      const lost = handOverLost
      handOverLost = false
      return lost
    },
    listener: (domain, event, detail) => void tell(domain, event, detail),
    changed: save,
  })
  hypervisor.restore(options.saved?.domains ?? [])

  /** A libvirt event: the server hears of it while the agent is connected; else the next hello says it. */
  async function tell(domain: Domain, event: DomainEvent, detail: string): Promise<void> {
    const session = life?.session
    if (session?.primary === undefined) return
    const report = event === 'stopped' ? goneReport(disk, domain, detail) : domainReport(disk, domain)
    try {
      await session.report('report.domain', { domain: report, cause: `${event}-${detail}`, clock: runtime.now() })
    } catch (error) {
      options.onError?.(error, 'report.domain')
    }
  }

  function born(): Life {
    const end = new AbortController()
    const facts = () => factsOf(profile, bootId, disk.settings)
    const later = (ms: number, act: () => void): void =>
      void runtime.after(ms, () => {
        if (!end.signal.aborted) act()
      })
    const context: HostContext = {
      runtime,
      world,
      profile,
      disk,
      hypervisor,
      guests: keyedLock(),
      control: {
        reconnect: (reason) => later(20, () => session.reconnect(reason)),
        setServers: (servers) => {
          disk.servers = servers
          later(20, () => session.setServers(servers))
        },
        leave: (forget) =>
          later(50, () => {
            ended('left', (living) => living.session.stop('host.remove'))
            if (forget) options.onForgotten?.()
          }),
        sendImage: async (uuid, content) => {
          if (options.sendImage !== undefined) return await options.sendImage(uuid, content, disk.servers)
          throw agentFailure('snapshot.upload', 'This simulated host has no way to send images')
        },
        check: checksOf,
        facts,
      },
    }
    const executor = createExecutor({
      context,
      methods: mutatingMethods,
      announce: (key, at, progress) =>
        void session.broadcast('report.job', {
          key,
          state: at,
          ...(progress === undefined ? {} : { progress: JSON.parse(JSON.stringify(progress)) }),
        }),
      refuse: refuseWhenFull,
      before: (name) => before(name, end.signal),
      after,
      save,
      signal: end.signal,
    })

    async function read(name: Exclude<HostMethodName, 'job.poll'>, params: unknown): Promise<unknown> {
      if (methods[name].legal === 'current') refuseFenced(disk)
      await before(name, end.signal)
      end.signal.throwIfAborted()
      const result = await (hostMethods[name] as (context: HostContext, params: unknown) => unknown)(context, params)
      await after(name)
      if (name.startsWith('host.') || name.startsWith('journal.')) save()
      return result
    }

    async function answer(name: HostMethodName, params: unknown): Promise<unknown> {
      if (faults.take(name, ['lost-request']) !== undefined) return await dropConnections()
      if (faults.take(name, ['hang']) !== undefined) return await never()
      const losesReply = faults.take(name, ['lost-reply']) !== undefined
      let outcome: unknown
      try {
        if (name === 'job.poll') {
          const { key, waitMs } = params as { key: string; waitMs: number }
          outcome = await executor.poll(key, waitMs)
        } else if (name in mutatingMethods) outcome = await executor.execute(name, params)
        else outcome = await read(name, params)
      } catch (error) {
        // A dead process answers nothing.
        if (end.signal.aborted) return await never()
        if (losesReply) return await dropConnections()
        throw error
      }
      if (end.signal.aborted) return await never()
      return losesReply ? await dropConnections() : outcome
    }

    const handlers = Object.fromEntries(
      ['job.poll', ...Object.keys(hostMethods)].map((name) => [
        name,
        (params: unknown) => answer(name as HostMethodName, params),
      ]),
    ) as unknown as Handlers<'agent'>

    const session: Session = createSession({
      runtime,
      transport: link.transport,
      servers: disk.servers,
      handlers,
      hello: async () => ({
        protocol: protocolVersion,
        agentVersion,
        hostUuid: options.hostUuid,
        facts: facts(),
        checks: checksOf([]),
        domains: domainReports(disk, hypervisor),
        hostIncarnation: disk.acknowledged ?? 0,
        openKeys: [...disk.journal.keys()],
        protectedDigest: rangesDigest(disk.protectedAddresses),
        clock: runtime.now(),
      }),
      ping,
      onHello: (_server, result) => {
        heardIncarnation(disk, result.hostIncarnation, result.acknowledgedIncarnation)
        if (result.servers.length > 0 && result.servers.join() !== disk.servers.join()) {
          disk.servers = result.servers
          session.setServers(result.servers)
        }
        stats.follow(result.settings)
        save()
      },
      onAcknowledge: (keys) => {
        if (keys.length === 0) return
        acknowledge(disk, keys)
        save()
      },
      onPrimary: () => void reportAll(session),
      ...(options.onLink === undefined ? {} : { onLink: options.onLink }),
      ...(options.onError === undefined ? {} : { onError: options.onError }),
      ...(options.backoffMs === undefined ? {} : { backoffMs: options.backoffMs }),
    })
    const stats = createStatsLoop({
      runtime,
      session: () => session,
      host: () => simulatedHostStats(profile, hypervisor.domains.values(), runtime.now()),
      guests: () => [...hypervisor.domains.values()].map((domain) => simulatedGuestStats(domain, runtime.now())),
      onError: (error) => options.onError?.(error, 'report.stats'),
    })
    end.signal.addEventListener('abort', stats.stop)
    executor.settle()
    return { end, session, handlers }
  }

  async function reportAll(session: Session): Promise<void> {
    const domains = domainReports(disk, hypervisor)
    try {
      await session.report('report.domains', { domains, cause: 'primary server changed' })
    } catch (error) {
      options.onError?.(error, 'report.domains')
    }
  }

  function ping(sequence: number): ParamsInput<'report.ping'> {
    return {
      sequence,
      clock: runtime.now(),
      load1: hypervisor.domains.size / 10,
      memoryFreeBytes: freeMemory({ hypervisor, profile }),
      vms: hypervisor.domains.size,
      libvirt: 'up',
      pools: [...disk.pools.values()].map((pool) => {
        try {
          const { capacityBytes, usedBytes } = spaceOf(pool, world.storage.directory(pool, profile.name))
          return { uuid: pool.uuid, capacityBytes, usedBytes, status: 'ok' as const }
        } catch (error) {
          const seen = error instanceof Error ? error.message : String(error)
          return { uuid: pool.uuid, capacityBytes: 0, usedBytes: 0, status: 'unreachable' as const, seen }
        }
      }),
    }
  }

  async function before(name: HostMethodName, signal: AbortSignal): Promise<void> {
    if (options.latencyMs > 0) await runtime.sleep(options.latencyMs * (0.5 + options.random()))
    const slow = faults.take(name, ['slow'])
    if (slow !== undefined) await runtime.sleep(slow.delayMs ?? 1000)
    while (thawed !== undefined && !signal.aborted) await thawed
    if (faults.take(name, ['crash-before-effect']) !== undefined && !signal.aborted) crash()
    signal.throwIfAborted()
    const fault = faults.take(name, ['before-effect'])
    if (fault !== undefined) throw faultError(name, fault)
  }

  async function after(name: HostMethodName): Promise<void> {
    if (faults.take(name, ['crash-after-effect']) !== undefined) return crash()
    const fault = faults.take(name, ['after-effect'])
    if (fault !== undefined) throw faultError(name, fault)
  }

  function dropConnections(): Promise<never> {
    link.abort()
    return never()
  }

  function refuseWhenFull(): void {
    if (!diskFull) return
    throw hostRefusal(
      agentFailure('agent.disk-full', "The file system of the agent's state is full", { seen: '0 bytes free' }),
      rpcErrorCodes.refusing,
    )
  }

  function ended(next: HostState, how: (living: Life) => void): void {
    const living = life
    life = undefined
    state = next
    if (living === undefined) return
    living.end.abort(new Error('the agent ended'))
    how(living)
    save()
  }

  function crash(): void {
    if (state !== 'running') return
    ended('crashed', abandon)
  }

  /** No goodbye: the servers see the connection break. */
  function abandon(living: Life): void {
    link.abort()
    living.session.stop('the agent was killed')
  }

  function start(): void {
    if (life !== undefined) return
    if (state === 'off') bootId = runtime.uuid()
    state = 'running'
    relink()
    life = born()
    life.session.start()
    save()
  }

  function relink(): void {
    link.setMode(cableOut || state === 'off' ? 'cut' : thawed !== undefined ? 'frozen' : 'open')
  }

  function thaw(): void {
    thawed = undefined
    relink()
    release()
  }

  return {
    profile,
    hostUuid: options.hostUuid,
    hypervisor,
    state: () => state,
    start,
    stop: (reason = 'the agent stops') => ended('stopped', (living) => living.session.stop(reason)),
    crash,
    powerOff() {
      // Nobody is told: the servers only notice the silence.
      link.setMode('cut')
      ended('off', abandon)
      state = 'off'
      if (thawed !== undefined) thaw()
      hypervisor.cutPower()
    },
    restart() {
      if (state === 'running') crash()
      start()
    },
    freeze() {
      if (thawed !== undefined) return
      thawed = new Promise((resolve) => {
        release = resolve
      })
      relink()
    },
    thaw,
    cut() {
      cableOut = true
      relink()
    },
    heal() {
      cableOut = false
      relink()
    },
    disconnect: link.abort,
    fillDisk: () => {
      diskFull = true
    },
    freeDisk: () => {
      diskFull = false
    },
    fail: faults.add,
    clearFaults: faults.clear,
    loseHandOver: () => {
      handOverLost = true
    },
    endGuest(instanceName, how) {
      const domain = hypervisor.domains.get(instanceName)
      return domain !== undefined && hypervisor.end(domain, how)
    },
    deafen(instanceName, deaf) {
      const domain = hypervisor.domains.get(instanceName)
      if (domain !== undefined) domain.deaf = deaf
    },
    domains: () => domainReports(disk, hypervisor),
    openKeys: () => [...disk.journal.keys()],
    reservations: () => disk.reservations,
    guestNetwork: () => disk,
    async takePassword(instanceName) {
      const { password, ...data } = disk.guestData.get(instanceName) ?? { version: 0 }
      if (password === undefined || life === undefined) return undefined
      disk.guestData.set(instanceName, data as GuestData)
      save()
      await life.session.report('report.password-taken', { instanceName, version: data.version })
      return password
    },
    hear: (current, acknowledged) => {
      heardIncarnation(disk, current, acknowledged)
      save()
    },
    incarnation: () => ({ acknowledged: disk.acknowledged ?? 0, heard: disk.heard }),
    handlers() {
      if (life === undefined) throw new Error(`the agent of ${profile.name} does not run`)
      return life.handlers
    },
    session: () => life?.session,
    saved,
  }
}

function never(): Promise<never> {
  return new Promise(() => {})
}
