import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { AltoError, Runtime } from '@altostack/core'
import { createEngine, type FaultPoint, type Workflow } from '@altostack/workflow'
import type { Logger } from 'pino'
import { type AgentServer, createAgentServer } from './agents/index.ts'
import { noAgents } from './agents/no-agents.ts'
import { alertTypes, raiseAlert } from './alert/index.ts'
import { createRequestLimits } from './auth/request-limits.ts'
import { createRoleRules } from './auth/role-rules.ts'
import type { BoundHandler } from './command/handler.ts'
import { createHandlers, serverHandlers, serverWorkflows } from './command/handlers.ts'
import { duties, hostListeners } from './command/parts.generated.ts'
import { checkSecretKey, requireKeyFile } from './config/check-key.ts'
import { createConfig } from './config/config.ts'
import { createSecrets, loadSecretKey } from './config/secrets.ts'
import type { ServerContext } from './context.ts'
import type { Database } from './db/database.ts'
import { type OpenDatabase, openDatabase, sqliteFileOf } from './db/open-database.ts'
import { afterCommit, transact } from './db/transaction.ts'
import { startDuties } from './duties/duty.ts'
import { createFeed, readRunsElsewhere } from './event/feed.ts'
import { type ApiServer, createApiServer } from './http/api-server.ts'
import { builtConsole } from './http/console-files.ts'
import { withJobEnd } from './jobs/end-job.ts'
import { createJobWaiters } from './jobs/job-waiters.ts'
import { raiseRunAlert } from './jobs/run-alerts.ts'
import { withLogScope } from './log/logger.ts'
import { createMetrics } from './metrics/metrics.ts'
import { seed } from './seed/seed.ts'
import { createStats, openStatFile, type StatFile } from './stats/index.ts'
import { watchDataFiles } from './system/data-files.ts'

export type ServerSettings = {
  readonly runtime: Runtime
  readonly log: Logger
  /** Absolute or relative; made when it is not there. */
  readonly dataDir: string
  /** `mysql://…`, a path, or undefined: `cloud.db` in the data directory. */
  readonly database?: string | undefined
  readonly port: number
  readonly bind?: string | undefined
  /** Undefined: no HTTPS. */
  readonly httpsPort?: number | undefined
  /** Undefined: no agents (tests of the API alone). */
  readonly agentPort?: number | undefined
  readonly publicBind?: string | undefined
  readonly integrationPort?: number | undefined
  readonly names?: readonly string[]
  /** Directory of the built console; where packages/console builds it unless said. Null: no console. */
  readonly consoleDir?: string | null | undefined
  /** The process should end: this incarnation may have lost its runs to another server. */
  readonly onLeaseLost?: () => void
  /** A server that has not beaten for so long is dead, ms; 15,000 unless said. */
  readonly leaseMs?: number
  /** The simulation: a database that is open already, instead of `database`; `stop` closes it. */
  readonly opened?: OpenDatabase
  /** The simulation: nothing listens; hosts come in through `agentServer.gate()`, requests through `answerCommand`. */
  readonly withoutSockets?: boolean
  /** Tests only. */
  readonly faults?: (point: FaultPoint) => void
  /** Tests only: more commands and workflows. */
  readonly extra?: { readonly handlers: readonly BoundHandler[]; readonly workflows: readonly Workflow[] }
}

export type Server = {
  readonly ctx: ServerContext
  readonly agentServer: AgentServer | undefined
  /** Ports that are listened on; 0 where nothing is. */
  readonly ports: {
    readonly http: number
    readonly https: number
    readonly agent: number
    readonly integration: number
  }
  /** The password of `admin` when this start made it. */
  readonly adminPassword: string | undefined
  /** Takes no more requests, lets work in flight end, closes the database. */
  readonly stop: () => Promise<void>
}

/** How soon another server's commits are seen where several share a database, ms. */
const otherServersMs = 1000

/**
 * Starts a management server: database, keys, context, runs that were left, agents, then the API. Everything that was
 * started is stopped again when a later part fails.
 */
export async function startServer(settings: ServerSettings): Promise<Server> {
  const { runtime, log } = settings
  const dataDir = resolve(settings.dataDir)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const undo: (() => Promise<void> | void)[] = []
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) {
      try {
        await step()
      } catch (error) {
        log.warn({ err: error }, 'stopping: a part could not be closed')
      }
    }
  }
  try {
    const database =
      settings.opened ?? (await openDatabase(settings.database ?? join(dataDir, 'cloud.db'), { runtime }))
    undo.push(database.close)
    const { db } = database
    await requireKeyFile(db, join(dataDir, 'secret.key'))
    const secrets = createSecrets(loadSecretKey(dataDir, runtime.randomBytes), runtime.randomBytes)
    const seeded = await seed(db, runtime)
    await checkSecretKey(db, secrets, join(dataDir, 'secret.key'))
    if (seeded) keepAdminPassword(dataDir, seeded.adminPassword)
    const pollMs = database.alone ? undefined : otherServersMs
    const incarnation = runtime.uuid()
    const statFile = await ownStatFile(settings, dataDir, seeded !== undefined)
    if (statFile) undo.push(statFile.close)
    const stats = createStats({ db: statFile?.db ?? db, runtime }, Number.parseInt(incarnation.slice(0, 8), 16) + 1)
    undo.push(() => stats.write(true))
    const agentServer =
      settings.agentPort === undefined && !settings.withoutSockets
        ? undefined
        : createAgentServer({
            runtime,
            bind: settings.publicBind ?? '0.0.0.0',
            port: settings.agentPort ?? 0,
            names: settings.names ?? [],
            listeners: hostListeners,
          })
    const metrics = createMetrics({ process: !settings.withoutSockets })
    const engineRef: { ctx?: ServerContext } = {}
    const engineCtx = (): ServerContext => engineRef.ctx as ServerContext
    const base = {
      runtime,
      log,
      db,
      read: db,
      config: await createConfig(db, secrets),
      secrets,
      handlers: createHandlers([...serverHandlers, ...(settings.extra?.handlers ?? [])]),
      roleRules: createRoleRules(db, runtime),
      limits: createRequestLimits(),
      metrics,
      stats,
      jobs: createJobWaiters(runtime, pollMs),
      feed: createFeed(runtime, pollMs, () => readRunsElsewhere(db, incarnation)),
      incarnation,
      dataDir,
      halted: { cause: undefined },
      afterCommit,
      agents: agentServer?.agents ?? noAgents,
    }
    const ctx: ServerContext = {
      ...base,
      get engine() {
        return engine
      },
    }
    engineRef.ctx = ctx
    const engine = createEngine<ServerContext, Database>({
      db,
      runtime,
      incarnation,
      ctx,
      workflows: [...serverWorkflows, ...(settings.extra?.workflows ?? [])].map(withJobEnd),
      transaction: (body) => transact({ db, runtime }, body),
      around: (place, body) => withLogScope({ runId: place.runId, step: place.step ?? '' }, body),
      onProgress: (run) => base.feed.runMoved(run.runId),
      onFinished: (run) => {
        metrics.runEnded(run.workflow, run.status)
        agentServer?.runFinished(run.runId)
        const { failure } = run
        if (failure) log.warn({ runId: run.runId, workflow: run.workflow, failure }, 'run failed')
        else log.info({ runId: run.runId, workflow: run.workflow }, 'run succeeded')
      },
      onStuck: (run) => raiseRunAlert(engineCtx(), 'stuck', run),
      onBug: (run) => raiseRunAlert(engineCtx(), 'bug', run),
      onLate: (run) => raiseRunAlert(engineCtx(), 'late', run),
      onDatabaseError: (run) => log.error({ err: run.error, runId: run.runId }, 'the database failed under a run'),
      onLeaseLost: () => {
        log.fatal('the lease of this server ran out; it must start again')
        settings.onLeaseLost?.()
      },
      concurrency: () => base.config.globalNumber('executor.pool.size'),
      ...(settings.leaseMs === undefined ? {} : { leaseMs: settings.leaseMs }),
      ...(settings.faults ? { faults: settings.faults } : {}),
    })
    undo.push(() => engine.stop())
    if (agentServer) {
      await agentServer.open(ctx)
      undo.push(() => agentServer.close())
    }
    const taken = await engine.recover({ all: database.alone })
    if (taken > 0) log.info({ runs: taken }, 'runs taken over')
    const agentPort = agentServer && !settings.withoutSockets ? await agentServer.listen() : 0
    const stopDuties = startDuties(ctx, duties)
    undo.push(stopDuties)
    if (settings.opened === undefined) {
      const files = {
        database: sqliteFileOf(settings.database ?? join(dataDir, 'cloud.db')),
        secretKey: join(dataDir, 'secret.key'),
      }
      const halt = (cause: AltoError): void => {
        ctx.halted.cause = cause
        log.fatal({ code: cause.code, seen: cause.seen, fix: cause.fix }, cause.message)
        void stopDuties()
        // Not ended: whoever starts it again would begin an empty cloud, and the process still holds the data.
        void haltServer(ctx, cause, agentServer)
      }
      undo.push(watchDataFiles(runtime, files, halt))
    }
    const listening = settings.withoutSockets
      ? { http: 0, https: 0, integration: 0 }
      : await listenAll(ctx, settings, agentServer, undo)
    return {
      ctx,
      agentServer,
      ports: { ...listening, agent: agentPort },
      adminPassword: seeded?.adminPassword,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** SQLite's statistics are in a file of their own; a database in memory or on a server has them inside. */
async function ownStatFile(settings: ServerSettings, dataDir: string, fresh: boolean): Promise<StatFile | undefined> {
  const database = sqliteFileOf(settings.database ?? join(dataDir, 'cloud.db'))
  if (settings.opened !== undefined || database === undefined) return undefined
  const path = join(dirname(database), 'metrics.db')
  // What is there is of a database before this one: its ids are other objects' now.
  if (fresh) for (const tail of ['', '-wal', '-shm']) rmSync(`${path}${tail}`, { force: true })
  return await openStatFile(path, settings.runtime, settings.log)
}

async function listenAll(
  ctx: ServerContext,
  settings: ServerSettings,
  agentServer: AgentServer | undefined,
  undo: (() => Promise<void> | void)[],
): Promise<{ http: number; https: number; integration: number }> {
  const listen = async (server: ApiServer, host: string, port: number): Promise<number> => {
    undo.push(server.close)
    await server.app.listen({ host, port })
    const address = server.app.server.address()
    return typeof address === 'object' && address ? address.port : port
  }
  const consoleDir = settings.consoleDir === null ? undefined : (settings.consoleDir ?? builtConsole)
  const bind = settings.bind ?? (await ctx.config.text('alto.api.bind'))
  const http = await listen(createApiServer(ctx, { consoleDir }), bind, settings.port)
  let https = 0
  if (settings.httpsPort !== undefined && agentServer) {
    const { key, certificate } = agentServer.certificate()
    https = await listen(
      createApiServer(ctx, { tls: { key, cert: certificate }, consoleDir }),
      settings.publicBind ?? '0.0.0.0',
      settings.httpsPort,
    )
  }
  const wanted = settings.integrationPort ?? (await ctx.config.number('integration.api.port'))
  // Whoever reaches this port is the system user: it stays on loopback.
  const integration = wanted > 0 ? await listen(createApiServer(ctx, { integration: true }), '127.0.0.1', wanted) : 0
  ctx.log.info({ bind, http, https, integration }, 'listening for the API')
  if (await ctx.config.flag('prometheus.exporter.enable')) {
    // Loaded here: it is off unless said, and node:http brings Node's WebSocket and fetch along (45 ms, 14 MB).
    const { startExporter } = await import('./metrics/exporter-server.ts')
    const exporter = await startExporter(ctx, await ctx.config.number('prometheus.exporter.port'))
    if (exporter) undo.push(exporter.close)
  }
  return { http, https, integration }
}

/** Nothing more is done on hosts, and whoever can still be told hears of it. */
async function haltServer(ctx: ServerContext, cause: AltoError, agentServer: AgentServer | undefined): Promise<void> {
  try {
    await transact(ctx, (tx) =>
      raiseAlert(tx, ctx, {
        type: alertTypes.managementNode,
        subject: cause.message,
        content: `${cause.seen ?? ''}. ${cause.fix}`,
      }),
    )
  } catch (error) {
    ctx.log.warn({ err: error }, 'the alert could not be written')
  }
  await agentServer?.close()
  await ctx.engine.stop({ graceMs: 2000 })
}

/** The generated password stands in a file that only root reads, until the administrator has changed it. */
function keepAdminPassword(dataDir: string, password: string): void {
  const path = join(dataDir, 'admin-password')
  writeFileSync(path, `${password}\n`, { mode: 0o600 })
  chmodSync(path, 0o600)
}
