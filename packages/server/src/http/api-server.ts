import { createHash } from 'node:crypto'
import { contentTypes, descriptionHeader, wireFormat } from '@altostack/api'
import { AltoError, apiFailure, Bug } from '@altostack/core'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { ServerContext } from '../context.ts'
import { uploadPathPrefix } from '../image-link/index.ts'
import { withLogScope } from '../log/logger.ts'
import { type ApiAnswer, answerCommand } from './answer-command.ts'
import { clientAddress, inNetworks, networkList } from './client-address.ts'
import { compressed } from './compressed.ts'
import { registerConsole } from './console-files.ts'
import { registerEventStream } from './event-stream.ts'
import { registerGuestConsole } from './guest-console.ts'
import { registerImageDownload } from './image-download.ts'
import { registerImageUpload } from './image-upload.ts'
import { readPairs, sessionCookiesOf } from './read-request.ts'

export type ApiServerOptions = {
  /** Key and certificate of HTTPS; plain HTTP without. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Answers without login as the system user. */
  readonly integration?: boolean
  /** Directory of the built console; none is served without. */
  readonly consoleDir?: string | undefined
}
export type ApiServer = {
  readonly app: FastifyInstance
  /** Stops taking requests, waits for those in flight (at most 5 s), ends event streams. */
  readonly close: () => Promise<void>
}

const maxBody = 4 * 1024 * 1024

/** Stands for Fastify's compilers of schemas: no route has one, and theirs are 110 modules, 60 ms of each start. */
const noCompilers = { compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema } }

function refuseSchema(): never {
  throw new Bug('a route declares a schema, and nothing compiles it')
}

/** /client/api, /client/events, /healthz, /metrics and the console on one listener. */
export function createApiServer(ctx: ServerContext, options: ApiServerOptions = {}): ApiServer {
  const stopping = new AbortController()
  const app = fastify({
    logger: false,
    bodyLimit: maxBody,
    routerOptions: { maxParamLength: 200 },
    // Bounded by `boundRequest`: the upload of an image may take hours.
    requestTimeout: 0,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    schemaController: noCompilers,
    ...(options.tls ? { https: { ...options.tls, minVersion: 'TLSv1.2' as const } } : {}),
    http: { maxHeaderSize: 64 * 1024 },
  } as object) as FastifyInstance
  if (options.tls) Object.assign(app.server, { maxHeadersCount: 200 })
  app.addHook('onRequest', async (request) => boundRequest(ctx, request))
  // The body stays text: the API has one parser of its own, and refuses what is no form by its content.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error, request, reply) => answerBroken(ctx, error, request, reply))
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).type('text/plain').send('Not found. The API is /client/api.\n'),
  )

  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const requestId = ctx.runtime.uuid().slice(0, 8)
    const started = ctx.runtime.monotonic()
    return await withLogScope({ requestId }, async () => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const result = await answerCommand(ctx, {
        pairs: readPairs(request),
        cookies: sessionCookiesOf(request),
        remoteAddress: await clientAddress(ctx, request),
        integration: options.integration === true,
        method: request.method,
        signal: AbortSignal.any([stopping.signal, gone.signal]),
      })
      ctx.metrics.request(result.status, ctx.runtime.monotonic() - started)
      await sendAnswer(ctx, request, reply, result, { requestId, secure: options.tls !== undefined })
      return reply
    })
  }
  for (const url of ['/client/api', '/client/api/', ...(options.integration ? ['/', '/api'] : [])]) {
    app.route({ method: ['GET', 'POST'], url, handler: answer })
    app.route({ method: ['PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'], url, handler: refuseMethod })
  }
  registerEventStream(app, ctx, stopping.signal)
  if (options.integration !== true) registerGuestConsole(app, ctx, stopping.signal)
  if (options.integration !== true) {
    registerImageDownload(app, ctx)
    registerImageUpload(app, ctx)
  }
  if (options.consoleDir !== undefined && !options.integration) registerConsole(app, ctx, options.consoleDir)
  app.get('/healthz', async (_request, reply) => {
    const { cause } = ctx.halted
    if (cause !== undefined)
      return reply
        .code(503)
        .type('text/plain')
        .send(`${cause.message} (${cause.seen ?? ''}). ${cause.fix}\n`)
    await ctx.db.selectFrom('domain').select('id').limit(1).execute()
    return reply.type('text/plain').send('ok\n')
  })
  // Counters tell of load and of what is run: for this machine's own collector.
  app.get('/metrics', async (request, reply) => {
    const near = inNetworks(networkList('127.0.0.0/8,::1'), request.socket.remoteAddress ?? '')
    if (!near) return reply.code(403).type('text/plain').send('Metrics are answered on this machine only.\n')
    return reply.type(ctx.metrics.contentType).send(await ctx.metrics.render(ctx))
  })

  return {
    app,
    close: async () => {
      stopping.abort()
      const cut = ctx.runtime.after(5000, () => app.server.closeAllConnections())
      await app.close()
      cut()
    },
  }
}

const requestMs = 120_000

/** A request must be here whole after so long, and an upload must not stop for so long. */
function boundRequest(ctx: ServerContext, { raw }: FastifyRequest): void {
  const upload = raw.url?.startsWith(`${uploadPathPrefix}/`) === true
  if (upload) return void raw.setTimeout(requestMs, () => raw.destroy())
  const cancel = ctx.runtime.after(requestMs, () => {
    if (!raw.complete) raw.socket.destroy()
  })
  raw.once('close', cancel)
}

async function refuseMethod(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply
    .code(405)
    .header('Allow', 'GET, POST')
    .type('text/plain')
    .send(`${request.method} is not accepted here; use GET or POST.\n`)
}

async function sendAnswer(
  ctx: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: ApiAnswer,
  how: { readonly requestId: string; readonly secure: boolean },
): Promise<void> {
  reply.code(answer.status).header('Content-Type', contentTypes[answer.format])
  reply.header('X-Request-Id', how.requestId).header('X-Content-Type-Options', 'nosniff')
  if (answer.description !== undefined) reply.header('X-Description', descriptionHeader(answer.description))
  if (answer.cookies) reply.header('Set-Cookie', await sessionCookies(ctx, answer.cookies, how.secure))
  if (answer.revalidate) {
    const tag = `"${createHash('sha256').update(answer.body).digest('base64url').slice(0, 22)}"`
    reply.header('Cache-Control', 'private, no-cache').header('ETag', tag)
    if (request.headers['if-none-match'] === tag) return void (await reply.code(304).send())
  } else reply.header('Cache-Control', 'no-store')
  await reply.send(compressed(request, reply, answer.body))
}

async function sessionCookies(
  ctx: ServerContext,
  cookies: Exclude<ApiAnswer['cookies'], undefined>,
  secure: boolean,
): Promise<string[]> {
  const sameSite = await ctx.config.text('api.sessionkey.cookie.samesite')
  const marked = secure || (await ctx.config.flag('enable.secure.session.cookie'))
  const tail = `; Path=/client; HttpOnly; SameSite=${/^(strict|none)$/i.test(sameSite) ? sameSite : 'Lax'}${marked ? '; Secure' : ''}`
  if (cookies === 'clear') return [`JSESSIONID=${tail}; Max-Age=0`, `sessionkey=${tail}; Max-Age=0`]
  return [`JSESSIONID=${cookies.token}${tail}`, `sessionkey=${cookies.sessionKey}${tail}`]
}

/** What fails before a command is known: a body that is too large, parameters that cannot be read. */
function answerBroken(ctx: ServerContext, thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { statusCode, code } = thrown as { readonly statusCode?: number; readonly code?: string }
  const tooLarge = statusCode === 413
  const error =
    thrown instanceof AltoError
      ? thrown
      : statusCode !== undefined && statusCode < 500
        ? apiFailure(
            'api.bad-request',
            tooLarge ? `The body is larger than ${maxBody} bytes` : `The request cannot be read (${code})`,
          )
        : apiFailure('api.internal', 'The server failed; its log has the cause')
  if (error.api >= 500) ctx.log.error({ err: thrown }, 'request broke')
  const format = wireFormat(/[?&]response=([a-zA-Z]+)/.exec(request.raw.url ?? '')?.[1])
  const body = { uuidList: [], errorcode: error.api, cserrorcode: 9999, errortext: `${error.message}. ${error.fix}` }
  const text =
    format === 'json'
      ? JSON.stringify({ errorresponse: body })
      : `<?xml version="1.0" encoding="UTF-8"?><errorresponse><errorcode>${error.api}</errorcode><errortext>The request cannot be read</errortext></errorresponse>`
  return reply
    .code(tooLarge ? 413 : error.api)
    .header('Content-Type', contentTypes[format])
    .header('X-Description', descriptionHeader(error.message))
    .send(text)
}
