import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { firstValue, parseForm } from '@altostack/api'
import { AltoError, Bug, errorText } from '@altostack/core'
import type { FastifyInstance } from 'fastify'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'
import { loadCaller } from '../auth/load-caller.ts'
import { sessionCaller } from '../auth/sessions.ts'
import { type ConsoleSession, endConsoleSession, refusedToken, takeConsoleSession } from '../console-session/index.ts'
import type { ServerContext } from '../context.ts'
import { findVm, openVncPassword, requireVmState } from '../vm/index.ts'
import { sessionCookiesOf } from './read-request.ts'

const path = '/client/console'
/** How long a console goes on for a user that was disabled or deleted. */
const trustedMs = 5000
/** A frame of a viewer is a key or a pasted text; a guest's screen comes in pieces. */
const maxFrame = 1024 * 1024
/** WebSocket close codes of ours: the reason begins with the code of the error catalogue. */
const closeCodes = { refused: 4401, unavailable: 4534, ended: 1000 } as const

/**
 * WebSocket /client/console?token=…: the screen (RFB) or serial line of a guest, through this server and over the
 * agent's own connection; no port of a host is reached. The token is the right; a browser also needs a session of the
 * user that made it, and pages of other origins are refused.
 */
export function registerGuestConsole(app: FastifyInstance, ctx: ServerContext, stopping: AbortSignal): void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrame,
    perMessageDeflate: false,
    // noVNC of old asks for it; a viewer that asks for nothing gets nothing.
    handleProtocols: (offered) => (offered.has('binary') ? 'binary' : false),
  })
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const url = request.url ?? ''
    if (url.split('?')[0] !== path || !isOwnOrigin(request)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      ws.on('error', () => ws.terminate())
      void serve(ctx, ws, request, stopping)
    })
  })
  stopping.addEventListener('abort', () => {
    for (const ws of sockets.clients) ws.close(1001, 'the management server stops')
  })
}

async function serve(
  ctx: ServerContext,
  ws: WebSocket,
  request: IncomingMessage,
  stopping: AbortSignal,
): Promise<void> {
  let session: ConsoleSession | undefined
  let ended: string | undefined
  ws.once('close', () => {
    ended ??= stopping.aborted ? 'server' : 'viewer'
  })
  // From the start: what a viewer types before the host has answered is kept.
  const viewer = createWebSocketStream(ws)
  viewer.on('error', () => ws.terminate())
  try {
    if (ctx.halted.cause !== undefined) throw ctx.halted.cause
    session = await admit(ctx, request)
    const channel = await openConsole(ctx, session)
    const watch = watchUser(ctx, session.user_id, stopping, () => {
      ended ??= 'user'
      close(ws, closeCodes.refused, 'virtual-machine.console-token: its user is disabled')
    })
    try {
      await pipeline(viewer, channel, viewer)
      ended ??= stopping.aborted ? 'server' : 'guest'
    } finally {
      watch()
      channel.destroy()
    }
    close(ws, closeCodes.ended, 'the console has ended')
  } catch (error) {
    const known = error instanceof AltoError ? error : undefined
    ended ??= known?.code ?? 'guest'
    const refused = known?.code === 'virtual-machine.console-token' || known?.api === 401
    const fields = { code: known?.code, seen: known?.seen, address: request.socket.remoteAddress }
    if (known === undefined) ctx.log.debug({ ...fields, err: error }, 'a console ended')
    else ctx.log.warn(fields, `console: ${errorText(error)}`)
    close(
      ws,
      refused ? closeCodes.refused : closeCodes.unavailable,
      known === undefined ? 'the console has ended' : `${known.code}: ${known.seen ?? known.message}`,
    )
  } finally {
    if (session !== undefined) {
      await endConsoleSession(ctx.db, session.id, ctx.runtime.now(), ended ?? 'guest').catch(() => undefined)
    }
  }
}

/** Uses the token, and sees that it is used by whom it was made for. */
async function admit(ctx: ServerContext, request: IncomingMessage): Promise<ConsoleSession> {
  const pairs = parseForm((request.url ?? '').split('?')[1] ?? '')
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const token = firstValue(pairs, 'token') ?? ''
  const session = await takeConsoleSession(ctx.db, token, firstValue(pairs, 'extra'), {
    now: ctx.runtime.now(),
    address,
    incarnation: ctx.incarnation,
  })
  try {
    await requireItsUser(ctx, request, session, address)
  } catch (error) {
    // The token is used up all the same.
    await endConsoleSession(ctx.db, session.id, ctx.runtime.now(), 'refused')
    throw error
  }
  return session
}

async function requireItsUser(
  ctx: ServerContext,
  request: IncomingMessage,
  session: ConsoleSession,
  address: string,
): Promise<void> {
  const cookies = sessionCookiesOf(request)
  if (session.via === 'session' || cookies.token !== undefined) {
    const sessionkey = cookies.sessionKey ?? ''
    const caller = await sessionCaller(ctx, cookies, [['sessionkey', sessionkey]], address)
    if (caller === undefined && session.via === 'session') throw refusedToken('there is no session of its user')
    if (caller !== undefined && caller.userId !== session.user_id) throw refusedToken('it was made by another user')
  }
  if ((await loadCaller(ctx.db, { userId: session.user_id }))?.enabled !== true) {
    throw refusedToken('its user is disabled')
  }
}

async function openConsole(ctx: ServerContext, session: ConsoleSession): Promise<Duplex> {
  const vm = await findVm(ctx.db, session.instance_id)
  if (vm === undefined) throw refusedToken('the virtual machine is gone')
  requireVmState(vm, ['Running'], 'a console')
  if (vm.host_id === null) throw new Bug('a running virtual machine is on no host', { vm: vm.uuid })
  const hostId = vm.host_id
  return await ctx.agents.openChannel(hostId, (place) =>
    ctx.agents.call(hostId, 'vm.console.open', {
      ...place,
      instanceName: vm.instance_name,
      uuid: vm.uuid,
      kind: session.kind === 'serial' ? 'serial' : 'vnc',
      vncPassword: openVncPassword(ctx, vm),
    }),
  )
}

/** Calls `cut` when the user may no longer call. */
function watchUser(ctx: ServerContext, userId: number, stopping: AbortSignal, cut: () => void): () => void {
  let ended = false
  const look = async (): Promise<void> => {
    while (!ended && !stopping.aborted) {
      await ctx.runtime.sleep(trustedMs, stopping)
      if (!ended && (await loadCaller(ctx.db, { userId }))?.enabled !== true) {
        cut()
        return
      }
    }
  }
  look().catch(() => undefined)
  return () => {
    ended = true
  }
}

function close(ws: WebSocket, code: number, reason: string): void {
  if (ws.readyState === ws.OPEN) ws.close(code, Buffer.from(reason).subarray(0, 120).toString())
}

/** A page of another site could open a socket here with the visitor's cookies; browsers always say where they are. */
function isOwnOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host
}
