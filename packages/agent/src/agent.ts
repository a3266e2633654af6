import { mkdirSync, statfsSync } from 'node:fs'
import { freemem, loadavg } from 'node:os'
import {
  createSession,
  createStatsLoop,
  type DomainReport,
  type Handlers,
  hostRefusal,
  methods,
  type ParamsInput,
  protocolVersion,
  rpcErrorCodes,
  type Session,
  type Transport,
} from '@altostack/agent-api'
import { agentFailure, errorText, type Json, type JsonObject, type Runtime } from '@altostack/core'
import { DomainEventStoppedDetailType, DomainEventType, type DomainRef } from '@altostack/libvirt'
import { openAcceleration } from './acceleration/acceleration.ts'
import { refuseUnknown, runChecks } from './checks/index.ts'
import { resumeConfigDrives } from './config-drive/config-drive.ts'
import { configureLibvirtTls } from './configure/libvirt-tls.ts'
import { imageFetch } from './connection/fetch-image.ts'
import { imageSend } from './connection/send-image.ts'
import { webSocketTransport } from './connection/transport.ts'
import { hostFacts } from './facts/facts.ts'
import type { HostContext } from './host-context.ts'
import { hostMethods } from './host-methods.ts'
import { createExecutor, type Executor } from './journal/executor.ts'
import type { AnyMutatingMethod } from './journal/host-method.ts'
import { openIncarnation } from './journal/incarnation.ts'
import { openJournal } from './journal/journal.ts'
import { keyedLock } from './keyed-lock.ts'
import { openLibvirt } from './libvirt/libvirt.ts'
import type { Log } from './log.ts'
import { resumeGuard } from './network/guard.ts'
import { openGuestNetwork } from './network/guest-network.ts'
import { keepSegments } from './network/keep-segments.ts'
import { removeStations } from './network/layer2-probe.ts'
import { openSegments } from './network/segments.ts'
import type { Paths } from './paths.ts'
import { domainReport, domainReports, goneReport } from './power/domain-report.ts'
import { numberSetting, openSettings } from './properties/settings.ts'
import { openStateDatabase } from './state-database.ts'
import { createStatsCollector } from './stats/collect-stats.ts'
import { keepIdleVolumesDown } from './storage/guest-volumes.ts'
import { changeMs } from './storage/lvm.ts'
import { openPools } from './storage/pool-access.ts'
import { openPoolLeases } from './storage/pool-lease.ts'
import { forgetIdentity, type Identity, readIdentity } from './trust/identity.ts'
import { keepRenewed } from './trust/renewal.ts'
import { parseServerList } from './trust/server-address.ts'
import { agentVersion } from './version.ts'

export type AgentOptions = {
  readonly paths: Paths
  readonly runtime: Runtime
  readonly log: Log
  /** Stands in for WebSocket over TLS, in tests. */
  readonly transport?: Transport
  /** The agent has left (host.remove): the process should end. */
  readonly onLeft?: () => void
}
export type Agent = {
  readonly context: HostContext
  readonly session: Session
  /** What the server calls; for tests that speak to the agent without a connection. */
  readonly handlers: Handlers<'agent'>
  /** Ends the process's part; guests, DHCP and migrations go on. */
  readonly stop: () => Promise<void>
}

/** Free bytes of the state directory's file system below which no new work is taken: room for outcomes of the old. */
const reserveBytes = 4 * 1024 * 1024

/** Starts the agent of a host that has joined. Rejects with `agent.join-refused` when it has not. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { paths, runtime, log } = options
  let identity = readJoined(paths)
  const settings = openSettings(paths.config)
  // Others may pass through: dnsmasq reads its files as its own user.
  mkdirSync(paths.stateDir, { recursive: true, mode: 0o711 })
  const database = openStateDatabase(paths.database)
  const servers = (): string[] => parseServerList(settings.get('host') ?? '', Number(settings.get('port')))
  let resynced = Promise.resolve()
  const events = keyedLock()

  const libvirt = openLibvirt(settings.get('hypervisor.uri') as string, runtime, log, {
    onUp: () => {
      resynced = resync()
    },
    onDown: () => {},
    onLifecycle: (domain, event, detail) => void lifecycle(domain, event, detail),
  })
  const context: HostContext = {
    runtime,
    log,
    paths,
    settings,
    database,
    journal: openJournal(database, runtime.now),
    incarnation: openIncarnation(database),
    identity: () => identity,
    libvirt,
    acceleration: openAcceleration(settings, runtime, paths.stateDir),
    pools: openPools(database, runtime),
    leases: openPoolLeases({ runtime, ask: (params) => session.report('pool.lease', params), changeMs }),
    segments: openSegments({ database, runtime, log }),
    guestNetwork: openGuestNetwork({
      database,
      directory: paths.dhcpDir,
      runtime,
      log,
      shortId: () => identity.hostUuid.slice(0, 8),
      onPasswordTaken: async (instanceName, version) =>
        void (await session.report('report.password-taken', { instanceName, version })),
    }),
    fetchImage: imageFetch(
      () => identity,
      () => (session.connected.length > 0 ? session.connected : servers()),
    ),
    sendImage: imageSend(
      runtime,
      () => identity,
      () => (session.connected.length > 0 ? session.connected : servers()),
    ),
    guests: keyedLock(),
    control: {
      reconnect: (reason) => void runtime.after(20, () => session.reconnect(reason)),
      setServers: (list) => void runtime.after(20, () => session.setServers(parseServerList(list.join(','), 8250))),
      leave: (forget) =>
        void runtime.after(50, () => {
          log.warn({ forget }, 'the host leaves its management server')
          if (forget) forgetIdentity(paths)
          options.onLeft?.()
        }),
      check: (names, subject) => {
        refuseUnknown(names)
        return runChecks(context, names, { subject })
      },
      facts: () => hostFacts(context),
      configure: async () => void (await configureLibvirtTls(context)),
    },
  }
  const executor = createExecutor({
    context,
    methods: hostMethods as unknown as Record<string, AnyMutatingMethod>,
    announce: (key, state, progress) => void session.broadcast('report.job', report(key, state, progress)),
    refuse: () => refuseWhenFull(paths),
    workers: () => numberSetting(settings, 'workers'),
  })
  const handlers = hostHandlers(context, executor)
  const session = createSession({
    runtime,
    transport: options.transport ?? webSocketTransport(() => identity),
    servers: servers(),
    handlers,
    hello: () => hello(context),
    ping: (sequence) => ping(context, sequence),
    onHello: (server, result) => {
      context.incarnation.heard(result.hostIncarnation, result.acknowledgedIncarnation)
      followServers(server, parseServerList(result.servers.join(','), 8250))
      stats.follow(result.settings)
      log.info({ server, hostId: result.hostId }, 'Agent connected to management server: Startup was answered')
    },
    onAcknowledge: (keys) => context.journal.acknowledge(keys),
    onPrimary: () => void reportAll('primary server changed'),
    onLink: (server, state, reason) => logLink(log, server, state, reason),
    onError: (error, where) => log.error({ where, error: errorText(error) }, 'connection trouble'),
  })

  const collector = createStatsCollector(context)
  const stats = createStatsLoop({
    runtime,
    session: () => session,
    host: () => collector.host(),
    guests: () => collector.guests(),
    onError: (error) => log.debug({ error: errorText(error) }, 'statistics could not be reported'),
  })

  /**
   * The servers say where they are to be found. An address that only they believe in must not lock the host out: the
   * list is kept for good once one of it has answered; until then the server that did answer stays.
   */
  function followServers(answered: string, listed: readonly string[]): void {
    if (listed.length === 0) return
    const known = listed.includes(answered)
    if (known && listed.join(',') !== settings.get('host')) settings.set({ host: listed.join(',') })
    session.setServers(known ? listed : [...listed, answered])
  }

  /** Events were lost while libvirt was away: settle what was interrupted and tell the server everything. */
  async function resync(): Promise<void> {
    try {
      await executor.settle()
      await reportAll('libvirt connected')
    } catch (error) {
      log.warn({ error: errorText(error) }, 'resync after a connect to libvirt failed')
    }
  }

  async function reportAll(cause: string): Promise<void> {
    if (session.primary === undefined || !libvirt.up()) return
    await session.report('report.domains', { domains: await domainReports(context), cause }).catch((error: unknown) => {
      log.warn({ error: errorText(error) }, 'report of all domains failed')
    })
  }

  /** One event of a guest at a time: a report that overtakes another would tell an older state last. */
  async function lifecycle(domain: DomainRef, event: number, detail: number): Promise<void> {
    const word = eventWords[event] ?? `event-${event}`
    log.info({ instanceName: domain.name, event: word, detail }, 'guest event')
    await events(domain.uuid, async () => {
      try {
        const now = await domainReport(context, domain)
        // A transient domain that stopped is gone; why it stopped (migrated, destroyed, crashed) is in the detail.
        const told = now ?? goneReport(context, domain, stoppedWords[detail] ?? word)
        if (session.primary === undefined) return
        await session.report('report.domain', { domain: told, cause: `${word}-${detail}`, clock: runtime.now() })
      } catch (error) {
        // The next hello or resync brings everything.
        log.warn({ instanceName: domain.name, error: errorText(error) }, 'guest event could not be reported')
      }
    })
  }

  const stopRenewal = keepRenewed({
    runtime,
    log,
    paths,
    identity: () => identity,
    servers,
    renewed: (next) => {
      identity = next
      void configureLibvirtTls(context).catch((error: unknown) => log.warn({ error: errorText(error) }, 'libvirt TLS'))
      // The old certificate is superseded by the first hello with the new one.
      session.reconnect('certificate renewed')
    },
  })

  log.info(await context.acceleration(), 'acceleration of guests')
  await untilUp(context, 3000)
  await resynced
  await removeStations(runtime).catch((error: unknown) => log.warn({ error: errorText(error) }, 'old probes are left'))
  const stopSegments = await keepSegments(context)
  const stopVolumes = keepIdleVolumesDown(context)
  await context.guestNetwork.resume()
  await resumeConfigDrives(context).catch((error: unknown) =>
    log.warn({ error: errorText(error) }, 'config drives are looked after at the next change'),
  )
  await resumeGuard(context)
  await configureLibvirtTls(context).catch((error: unknown) =>
    log.warn({ error: errorText(error) }, 'libvirt TLS could not be configured; live migration will be refused'),
  )
  // libvirt computes its capabilities once, for more than a second: before the connection, not between it and the hello.
  await context.control.facts().catch(() => {})
  session.start()
  log.info({ hostUuid: identity.hostUuid, version: agentVersion, servers: servers() }, 'agent started')

  return {
    context,
    session,
    handlers,
    async stop() {
      stopRenewal()
      stopSegments()
      stopVolumes()
      context.guestNetwork.stop()
      stats.stop()
      session.stop('the agent stops')
      executor.stop()
      await libvirt.close()
      database.close()
      log.info('agent stopped; guests go on')
    },
  }
}

function readJoined(paths: Paths): Identity {
  const identity = readIdentity(paths)
  if (identity !== undefined) return identity
  throw agentFailure('agent.join-refused', 'This host has not joined a management server', {
    seen: `no ${paths.certificate}`,
    fix: 'Run `agent join TOKEN` with a token of `alto join-token`, or add the host by addHost.',
  })
}

/** Waits for libvirt a moment: with it the hello says everything; without it the hello says that it is down. */
async function untilUp(context: HostContext, limitMs: number): Promise<void> {
  const until = context.runtime.monotonic() + limitMs
  while (!context.libvirt.up() && context.runtime.monotonic() < until) await context.runtime.sleep(20)
}

function refuseWhenFull(paths: Paths): void {
  const { bavail, bsize } = statfsSync(paths.stateDir)
  if (bavail * bsize >= reserveBytes) return
  throw hostRefusal(
    agentFailure('agent.disk-full', "The file system of the agent's state is full", {
      seen: `${bavail * bsize} bytes free under ${paths.stateDir}`,
    }),
    rpcErrorCodes.refusing,
  )
}

/** The contract's handlers: mutating ones through the journal, reading ones straight. */
function hostHandlers(context: HostContext, executor: Executor): Handlers<'agent'> {
  const handlers: Record<string, (params: never) => unknown> = {
    'job.poll': ({ key, waitMs }: { key: string; waitMs: number }) => executor.poll(key, waitMs),
  }
  for (const [name, method] of Object.entries(hostMethods)) {
    const definition = methods[name as keyof typeof hostMethods]
    handlers[name] =
      typeof method === 'function'
        ? (params: never) => {
            if (definition.legal === 'current') refuseFenced(context)
            return (method as (context: HostContext, params: never) => unknown)(context, params)
          }
        : (params: never) => executor.execute(name as keyof typeof hostMethods, params)
  }
  return handlers as unknown as Handlers<'agent'>
}

function refuseFenced(context: HostContext): void {
  if (!context.incarnation.fenced()) return
  throw hostRefusal(
    agentFailure('agent.fenced', 'The host was fenced: it may only report and end guests'),
    rpcErrorCodes.fenced,
  )
}

async function hello(context: HostContext): Promise<ParamsInput<'server.hello'>> {
  const domains: DomainReport[] = context.libvirt.up() ? await domainReports(context).catch(() => []) : []
  return {
    protocol: protocolVersion,
    agentVersion,
    hostUuid: context.identity().hostUuid,
    facts: await context.control.facts(),
    checks: await runChecks(context, [], { limitMs: 1500 }),
    domains,
    hostIncarnation: context.incarnation.acknowledged(),
    openKeys: context.journal.openKeys(),
    protectedDigest: context.guestNetwork.protectedDigest(),
    clock: context.runtime.now(),
  }
}

async function ping(context: HostContext, sequence: number): Promise<ParamsInput<'report.ping'>> {
  const { libvirt, pools, runtime } = context
  const vms = libvirt.up()
    ? await libvirt
        .use(({ host }) => host.listAllDomains(0, { timeoutMs: 5000 }))
        .then(
          (list) => list.length,
          () => 0,
        )
    : 0
  const seen = await Promise.all(
    pools.attached().map(async (pool) => {
      try {
        const { capacityBytes, usedBytes } = await pools.space(pool)
        return { uuid: pool.uuid, capacityBytes, usedBytes, status: 'ok' as const }
      } catch (error) {
        return {
          uuid: pool.uuid,
          capacityBytes: 0,
          usedBytes: 0,
          status: 'unreachable' as const,
          seen: errorText(error),
        }
      }
    }),
  )
  return {
    sequence,
    clock: runtime.now(),
    load1: loadavg()[0] ?? 0,
    memoryFreeBytes: freemem(),
    vms,
    libvirt: libvirt.up() ? 'up' : 'down',
    pools: seen,
  }
}

function report(
  key: string,
  state: 'running' | 'done' | 'failed',
  progress: JsonObject | undefined,
): ParamsInput<'report.job'> {
  return {
    key,
    state,
    ...(progress === undefined
      ? {}
      : { progress: JSON.parse(JSON.stringify(progress)) as Record<string, Json> as never }),
  }
}

const eventWords: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(DomainEventType).map(([name, value]) => [value, name.toLowerCase()]),
)

const stoppedWords: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(DomainEventStoppedDetailType).map(([name, value]) => [value, name.toLowerCase()]),
)

/** The operators' words stand in the log beside ours. */
function logLink(log: Log, server: string, state: 'connecting' | 'up' | 'waiting', reason: string): void {
  if (state === 'connecting') log.debug({ server }, 'Connecting to management server')
  else if (state === 'up') log.info({ server }, 'Connected to the server')
  else
    log.warn(
      { server, reason },
      'Unable to reach management server or lost it; trying again. Lost connection to the server',
    )
}
