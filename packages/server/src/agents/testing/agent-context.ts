import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Runtime, systemRuntime } from '@altostack/core'
import { createEngine, type Workflow } from '@altostack/workflow'
import { pino } from 'pino'
import { createConfig } from '../../config/config.ts'
import { createSecrets } from '../../config/secrets.ts'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { openDatabase } from '../../db/open-database.ts'
import { afterCommit, transact } from '../../db/transaction.ts'
import { createFeed } from '../../event/index.ts'
import { recordCoverage } from '../../testing/record-coverage.ts'
import { type AgentServer, createAgentServer, type HostListener } from '../index.ts'

export type AgentTestServer = {
  readonly ctx: ServerContext
  readonly server: AgentServer
  readonly port: number
  /** Log records, newest last. */
  readonly logged: readonly { readonly msg: string; readonly code?: string }[]
  readonly stop: () => Promise<void>
}
export type AgentTestOptions = {
  readonly listeners?: readonly HostListener[]
  readonly runtime?: Runtime
  readonly workflows?: readonly Workflow[]
  readonly database?: string
  readonly dataDir?: string
  /** Any free one unless said. */
  readonly port?: number
  readonly settings?: Readonly<Record<string, string>>
}

/** The agent side of a server with a real database, engine, TLS port; no API. For the tests of hosts and their areas. */
export async function startAgentTestServer(options: AgentTestOptions = {}): Promise<AgentTestServer> {
  const runtime = options.runtime ?? systemRuntime()
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'alto-agents-')))
  const { db, close } = await openDatabase(options.database ?? ':memory:', { runtime })
  const secrets = createSecrets(new Uint8Array(32).fill(7), runtime.randomBytes)
  for (const [name, value] of Object.entries(options.settings ?? {})) {
    await db.insertInto('configuration').values({ name, value, category: 'Advanced' }).execute()
  }
  const logged: { msg: string; code?: string }[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const server = createAgentServer({
    runtime,
    bind: '127.0.0.1',
    port: options.port ?? 0,
    listeners: options.listeners ?? [],
  })
  const incarnation = runtime.uuid()
  const base = {
    runtime,
    log,
    db,
    read: db,
    config: await createConfig(db, secrets),
    secrets,
    agents: server.agents,
    feed: createFeed(runtime, undefined),
    incarnation,
    dataDir,
    afterCommit,
  }
  const ctx = base as unknown as { -readonly [K in keyof ServerContext]: ServerContext[K] }
  ctx.engine = createEngine<ServerContext, Database>({
    db,
    runtime,
    incarnation,
    workflows: options.workflows ?? [],
    ctx,
    transaction: (body) => transact({ db, runtime }, body),
    onFinished: (run) => server.runFinished(run.runId),
  })
  await ctx.engine.recover({ all: true })
  await server.open(ctx)
  const port = await server.listen()
  return {
    ctx,
    server,
    port,
    logged,
    async stop() {
      await recordCoverage(ctx, logged).catch(() => undefined)
      await server.close()
      await ctx.engine.stop({ graceMs: 1000 })
      await close()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export type TestPlace = { readonly zoneId: number; readonly podId: number; readonly clusterId: number }

/** A zone, a pod and a cluster of simulated hosts, straight into the tables. */
export async function insertPlace(ctx: ServerContext, hypervisor = 'Simulator'): Promise<TestPlace> {
  const now = ctx.runtime.now()
  const zone = await ctx.db
    .insertInto('data_center')
    .values({ uuid: ctx.runtime.uuid(), name: 'z1', dns1: '8.8.8.8', internal_dns1: '8.8.8.8', created: now })
    .executeTakeFirstOrThrow()
  const zoneId = Number(zone.insertId)
  const pod = await ctx.db
    .insertInto('host_pod_ref')
    .values({
      uuid: ctx.runtime.uuid(),
      name: 'p1',
      data_center_id: zoneId,
      gateway: '10.0.0.1',
      cidr_address: '10.0.0.0',
      cidr_size: 24,
      created: now,
    })
    .executeTakeFirstOrThrow()
  const podId = Number(pod.insertId)
  const cluster = await ctx.db
    .insertInto('cluster')
    .values({
      uuid: ctx.runtime.uuid(),
      name: 'c1',
      pod_id: podId,
      data_center_id: zoneId,
      hypervisor_type: hypervisor,
      created: now,
    })
    .executeTakeFirstOrThrow()
  return { zoneId, podId, clusterId: Number(cluster.insertId) }
}
