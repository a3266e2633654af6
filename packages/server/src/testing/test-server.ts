import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { canonicalString, encodeValue, type Pair, type RoleType } from '@altostack/api'
import { type FetchAnswer, type FetchInit, nodeFetch } from '@altostack/api/node-fetch'
import { type Runtime, systemRuntime } from '@altostack/core'
import type { FaultPoint } from '@altostack/workflow'
import { registerKeys, type UserKeys } from '../auth/user-keys.ts'
import { hmacSha1 } from '../auth/verify-request.ts'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import { createLogger } from '../log/logger.ts'
import { type Server, type ServerSettings, startServer } from '../server.ts'
import { recordCoverage } from './record-coverage.ts'
import { createTestDatabase, type DatabaseKind } from './test-databases.ts'

export type TestServerOptions = {
  /** Serves the built console as well: 34 modules that few tests need. */
  readonly console?: boolean
  /** SQLite unless said. */
  readonly database?: DatabaseKind
  /** Opens the agent port and HTTPS too, on loopback. */
  readonly agents?: boolean
  /** Global settings to begin with. */
  readonly settings?: Readonly<Record<string, string>>
  readonly runtime?: Runtime
  readonly faults?: (point: FaultPoint) => void
  /** More commands and workflows. */
  readonly extra?: ServerSettings['extra']
  readonly leaseMs?: number
  /** A free port for the API without login. */
  readonly integrationPort?: number
  /** A second server of the same database: shares its key. */
  readonly beside?: TestServer
  /** Keeps data of an earlier server: start again after `stop({ keep: true })`. */
  readonly kept?: KeptData
}
export type KeptData = { readonly dataDir: string; readonly url: string; readonly drop: () => Promise<void> }
export type HttpAnswer = Pick<FetchAnswer, 'status' | 'headers'> & { readonly text: string }
export type Params = Readonly<Record<string, string | number | boolean | undefined>>

export type TestAccount = UserKeys & {
  readonly userId: number
  readonly userUuid: string
  readonly accountId: number
  readonly accountUuid: string
  readonly domainId: number
  readonly name: string
}
export type TestServer = {
  readonly ctx: ServerContext
  readonly server: Server
  readonly kept: KeptData
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly admin: TestAccount
  readonly adminPassword: string
  /** Lines of the log, parsed. */
  readonly logLines: () => readonly Readonly<Record<string, unknown>>[]
  /** Signs and sends; answers the content of the wrapper. Throws ApiCallError. As admin unless said; null: unsigned. */
  readonly call: (command: string, params?: Params, as?: UserKeys | null) => Promise<Body>
  /** The same, whatever the answer is. */
  readonly raw: (params: Params, as?: UserKeys | null, init?: { method?: 'GET' | 'POST' }) => Promise<HttpAnswer>
  /** Calls an async command and waits for its job; answers jobresult. Throws ApiCallError when the job failed. */
  readonly run: (command: string, params?: Params, as?: UserKeys) => Promise<Body>
  readonly addDomain: (name: string, parentId?: number) => Promise<{ id: number; uuid: string; path: string }>
  /** An account with one user and keys, straight into the database. */
  readonly addAccount: (name: string, role: RoleType, domainId?: number) => Promise<TestAccount>
  readonly stop: (options?: { readonly keep?: boolean }) => Promise<KeptData>
}
// biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
export type Body = any

export class ApiCallError extends Error {
  override readonly name = 'ApiCallError'
  readonly errorcode: number
  readonly wrapper: string
  constructor(wrapper: string, errorcode: number, text: string) {
    super(text)
    this.wrapper = wrapper
    this.errorcode = errorcode
  }
}

/** The shipping server on free loopback ports, with a fresh database; requests go through real HTTP. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const runtime = options.runtime ?? systemRuntime()
  const { beside } = options
  const database = beside
    ? { url: beside.kept.url, drop: async () => undefined }
    : (options.kept ?? (await createTestDatabase(options.database ?? 'sqlite')))
  const dataDir = options.kept?.dataDir ?? mkdtempSync(join(tmpdir(), 'alto-test-'))
  if (beside) copyFileSync(join(beside.kept.dataDir, 'secret.key'), join(dataDir, 'secret.key'))
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const kept: KeptData = { dataDir, url: database.url, drop: database.drop }
  const server = await startServer({
    runtime,
    log: createLogger({ level: process.env.ALTO_TEST_LOG ?? 'debug', stream }),
    dataDir,
    database: database.url,
    port: 0,
    bind: '127.0.0.1',
    publicBind: '127.0.0.1',
    consoleDir: options.console ? undefined : null,
    ...(options.agents ? { agentPort: 0, httpsPort: 0 } : {}),
    ...(options.integrationPort === undefined ? {} : { integrationPort: options.integrationPort }),
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    ...(options.extra ? { extra: options.extra } : {}),
    ...(options.faults ? { faults: options.faults } : {}),
  })
  const { ctx } = server
  const url = `http://127.0.0.1:${server.ports.http}`
  for (const [name, value] of Object.entries(options.settings ?? {})) await storeSetting(ctx, name, value)
  const admin = beside?.admin ?? (await accountKeys(ctx, 2))

  const raw: TestServer['raw'] = async (params, as = admin, init = {}) => {
    const text = signedQuery(params, as)
    const ask: FetchInit =
      init.method === 'POST'
        ? { method: 'POST', body: text, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }
        : {}
    const answer = await nodeFetch(`${url}/client/api${init.method === 'POST' ? '' : `?${text}`}`, ask)
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  const call: TestServer['call'] = async (command, params = {}, as = admin) => {
    const answer = await raw({ command, response: 'json', ...params }, as, { method: 'POST' })
    const [wrapper, body] = Object.entries(JSON.parse(answer.text) as Record<string, Body>)[0] as [string, Body]
    if (answer.status !== 200) throw new ApiCallError(wrapper, body.errorcode, body.errortext)
    return body
  }
  const run: TestServer['run'] = async (command, params, as = admin) => {
    const { jobid } = await call(command, params, as)
    for (;;) {
      const job = await call('queryAsyncJobResult', { jobid, wait: 30 }, as)
      if (job.jobstatus === 1) return job.jobresult
      if (job.jobstatus === 2) throw new ApiCallError('jobresult', job.jobresult.errorcode, job.jobresult.errortext)
    }
  }
  return {
    ctx,
    server,
    kept,
    url,
    admin,
    adminPassword: server.adminPassword ?? '',
    logLines: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    call,
    raw,
    run,
    addDomain: (name, parentId = 1) => addDomain(ctx, name, parentId),
    addAccount: (name, role, domainId = 1) => addAccount(ctx, name, role, domainId),
    stop: async ({ keep } = {}) => {
      await recordCoverage(
        ctx,
        lines.map((line) => JSON.parse(line) as Record<string, unknown>),
      ).catch(() => undefined)
      await server.stop()
      if (!keep) {
        await database.drop()
        rmSync(dataDir, { recursive: true, force: true })
      }
      return kept
    },
  }
}

/** `a=b&c=d` with apiKey and signature; without keys as it is. */
export function signedQuery(params: Params, keys: UserKeys | null): string {
  const pairs: Pair[] = Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, String(value)])
  if (keys) pairs.push(['apiKey', keys.apiKey])
  const text = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeValue(value)}`).join('&')
  if (!keys) return text
  return `${text}&signature=${encodeValue(hmacSha1(keys.secretKey, canonicalString(pairs)))}`
}

async function storeSetting(ctx: ServerContext, name: string, value: string): Promise<void> {
  await ctx.db.deleteFrom('configuration').where('name', '=', name).execute()
  await ctx.db.insertInto('configuration').values({ name, value, category: 'Test' }).execute()
  await ctx.config.reload()
}

async function accountKeys(ctx: ServerContext, userId: number): Promise<TestAccount> {
  const user = await ctx.db.selectFrom('user').selectAll().where('id', '=', userId).executeTakeFirstOrThrow()
  const account = await ctx.db
    .selectFrom('account')
    .selectAll()
    .where('id', '=', user.account_id)
    .executeTakeFirstOrThrow()
  const keys = await transact(ctx, (tx) => registerKeys(tx, ctx, userId))
  return {
    ...keys,
    userId,
    userUuid: user.uuid,
    accountId: account.id,
    accountUuid: account.uuid,
    domainId: account.domain_id,
    name: account.account_name,
  }
}

async function addDomain(
  ctx: ServerContext,
  name: string,
  parentId: number,
): Promise<{ id: number; uuid: string; path: string }> {
  const parent = await ctx.db.selectFrom('domain').selectAll().where('id', '=', parentId).executeTakeFirstOrThrow()
  const uuid = ctx.runtime.uuid()
  const path = `${parent.path}${name}/`
  const { insertId } = await ctx.db
    .insertInto('domain')
    .values({ uuid, parent: parentId, name, owner: 2, path, level: parent.level + 1, created: ctx.runtime.now() })
    .executeTakeFirstOrThrow()
  return { id: Number(insertId), uuid, path }
}

const accountTypes = { Admin: 1, ResourceAdmin: 3, DomainAdmin: 2, User: 0 } as const
const roleIds = { Admin: 1, ResourceAdmin: 2, DomainAdmin: 3, User: 4 } as const

async function addAccount(ctx: ServerContext, name: string, role: RoleType, domainId: number): Promise<TestAccount> {
  const userId = await transact(ctx, async (tx) => {
    const account = await tx
      .insertInto('account')
      .values({
        uuid: ctx.runtime.uuid(),
        account_name: name,
        type: accountTypes[role],
        role_id: roleIds[role],
        domain_id: domainId,
        created: ctx.runtime.now(),
      })
      .executeTakeFirstOrThrow()
    const user = await tx
      .insertInto('user')
      .values({
        uuid: ctx.runtime.uuid(),
        username: name,
        account_id: Number(account.insertId),
        firstname: name,
        lastname: name,
        created: ctx.runtime.now(),
      })
      .executeTakeFirstOrThrow()
    return Number(user.insertId)
  })
  return await accountKeys(ctx, userId)
}
