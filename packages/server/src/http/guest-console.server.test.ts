import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { agentPaths, type Params } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { WebSocket } from 'ws'
import {
  type Credentials,
  joinByToken,
  startTestAgent,
  type TestAgent,
  testFacts,
} from '../agents/testing/test-agent.ts'
import { startSession } from '../auth/sessions.ts'
import { endConsolesOfDeadServers } from '../console-session/index.ts'
import { createModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone } from '../testing/model-zone.ts'
import { stopTestDatabases } from '../testing/test-databases.ts'
import { startTestServer, type TestAccount, type TestServer } from '../testing/test-server.ts'

/** The host's end: what comes is sent back, in capitals. */
function echo(
  { channel, server }: Params<'vm.console.open'>,
  credentials: Credentials,
): Promise<Record<string, never>> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(`wss://${server}${agentPaths.channel}/${channel}`, {
      key: credentials.key,
      cert: credentials.certificate,
      ca: credentials.ca,
    })
    ws.on('open', () => resolve({}))
    ws.on('error', reject)
    ws.on('message', (data) => ws.send(Buffer.from(data.toString().toUpperCase())))
  })
}

type End = { readonly code: number; readonly reason: string }

describe('the console of a guest', () => {
  let server: TestServer
  let agent: TestAgent
  let vm: string
  let other: TestAccount
  let credentials: Credentials
  const asked: Params<'vm.console.open'>[] = []
  let refusal: Error | undefined

  before(async () => {
    server = await startTestServer({ agents: true })
    const { ctx } = server
    const { agents } = ctx
    const zone = await insertModelZone(ctx.db, ctx.runtime.uuid, { hosts: 1 })
    const model = createModelHosts(zone.hosts.map((host) => host.id))
    Object.assign(ctx, { agents: model.agents })
    const place = { serviceofferingid: zone.offering, templateid: zone.template, zoneid: zone.zone }
    vm = (await server.run('deployVirtualMachine', place)).virtualmachine.id
    Object.assign(ctx, { agents })
    const { cluster } = await server.call('listClusters', {})
    const { jointoken } = await server.call('createJoinToken', { clusterid: cluster[0].id })
    const token = JSON.parse(Buffer.from(jointoken.token, 'base64url').toString('utf8'))
    const { joined } = await joinByToken(server.server.ports.agent, token, 'machine-1', 'node1')
    credentials = joined
    agent = startTestAgent({
      port: server.server.ports.agent,
      credentials,
      hostUuid: joined.hostUuid,
      facts: testFacts('machine-1', { hypervisor: { kind: 'KVM', libvirt: '9.0.0', qemu: '7.2.0' } }),
      handlers: {
        'vm.console.open': (params) => {
          asked.push(params)
          if (refusal !== undefined) throw refusal
          return echo(params, credentials)
        },
      },
    })
    const host = await ctx.db
      .selectFrom('host')
      .select('id')
      .where('uuid', '=', joined.hostUuid)
      .executeTakeFirstOrThrow()
    await ctx.agents.connected(host.id, 8000)
    await ctx.db.updateTable('vm_instance').set({ host_id: host.id }).execute()
    other = await server.addAccount('other', 'User')
  })
  after(async () => {
    agent.stop()
    await server.stop()
    await stopTestDatabases()
  })

  const endpoint = async (params: Record<string, string> = {}) =>
    (await server.call('createConsoleEndpoint', { virtualmachineid: vm, ...params })).consoleendpoint

  async function logIn({ userId }: TestAccount): Promise<{ readonly cookie: string; readonly sessionKey: string }> {
    const { token, sessionKey } = await startSession(server.ctx, userId, '127.0.0.1')
    return { cookie: `JSESSIONID=${token}; sessionkey=${sessionKey}`, sessionKey }
  }

  function dial(path: string, headers: Record<string, string> = {}): WebSocket {
    return new WebSocket(`${server.url.replace('http', 'ws')}${path}`, { headers })
  }
  async function endOf(ws: WebSocket): Promise<End> {
    const [code, reason] = (await once(ws, 'close')) as [number, Buffer]
    return { code, reason: reason.toString() }
  }
  /** Sends a text and answers what comes back. */
  async function talk(ws: WebSocket, text: string): Promise<string> {
    const closed = new AbortController()
    const refused = endOf(ws).then(({ code, reason }) => closed.abort(new Error(`closed with ${code} ${reason}`)))
    refused.catch(() => undefined)
    if (ws.readyState !== ws.OPEN) await once(ws, 'open', { signal: closed.signal })
    const heard = once(ws, 'message', { signal: closed.signal })
    ws.send(Buffer.from(text))
    const [data] = await heard.catch(() => Promise.reject(closed.signal.reason))
    return String(data)
  }

  test('bytes go both ways through the server to the host; the token works once', async () => {
    const made = await endpoint()
    assert.equal(made.success, true)
    assert.match(made.url, /^\/client\/#\/vm-console\?token=[\w-]{43}&kind=vnc&name=/)
    const ws = dial(made.websocket.path)
    assert.equal(await talk(ws, 'hello'), 'HELLO')
    assert.equal(asked.at(-1)?.kind, 'vnc')
    assert.match(asked.at(-1)?.vncPassword ?? '', /^.{8}$/)
    const used = await endOf(dial(made.websocket.path))
    assert.deepEqual(used, { code: 4401, reason: 'virtual-machine.console-token: it was used before' })
    assert.equal(await talk(ws, 'still here'), 'STILL HERE')
    ws.close()
    await endOf(ws)
  })

  test('serial, and an extra token that the client has to repeat', async () => {
    const made = await endpoint({ kind: 'serial', token: 'open sesame' })
    assert.equal(made.websocket.extra, 'open sesame')
    assert.match((await endOf(dial(made.websocket.path))).reason, /extra token is missing/)
    const ws = dial(`${made.websocket.path}&extra=open%20sesame`)
    assert.equal(await talk(ws, 'ls'), 'LS')
    assert.equal(asked.at(-1)?.kind, 'serial')
    ws.terminate()
  })

  test('who opened which console, from where, and how it ended, is listed', async () => {
    const { count, consolesession: list } = await server.call('listConsoleSessions', { virtualmachineid: vm })
    assert.equal(count, 2)
    assert.deepEqual(
      list.map((one: { kind: string }) => one.kind),
      ['serial', 'vnc'],
    )
    const [, first] = list
    assert.equal(first.user, 'admin')
    assert.equal(first.virtualmachineid, vm)
    assert.equal(first.clientaddress, '127.0.0.1')
    assert.equal(first.hostname, 'node1')
    assert.ok(Date.parse(first.acquired) <= Date.parse(first.removed))
    assert.equal(first.ended, 'viewer')
    const shown = async (params: Record<string, unknown>, as?: TestAccount) =>
      (await server.call('listConsoleSessions', params as never, as)).count ?? 0
    await endpoint()
    assert.equal(await shown({ acquired: false }), 1)
    assert.equal(await shown({ activeonly: true }), 0)
    assert.equal(await shown({ clientaddress: '10.9.9.9' }), 0)
    assert.equal(await shown({ startdate: '2100-01-01' }), 0)
    assert.equal(await shown({ id: first.id }), 1)
    assert.equal(await shown({}, other), 0)
    await assert.rejects(shown({ virtualmachineid: vm }, other), { errorcode: 531 })
    // A server that is killed writes nothing: its consoles have ended all the same.
    const live = dial((await endpoint()).websocket.path)
    assert.equal(await talk(live, 'on'), 'ON')
    assert.equal(await shown({ activeonly: true }), 1)
    const { db, incarnation, runtime } = server.ctx
    await endConsolesOfDeadServers(db, incarnation, runtime.now())
    assert.equal(await shown({ activeonly: true }), 1)
    await endConsolesOfDeadServers(db, 'the life after', runtime.now())
    assert.equal(await shown({ activeonly: true }), 0)
    live.terminate()
  })

  test('unknown, expired and foreign tokens are refused, and another origin', async () => {
    assert.match((await endOf(dial('/client/console?token=nonsense'))).reason, /not known/)
    const late = await endpoint()
    await server.ctx.db.updateTable('console_session').set({ expires: 1 }).where('acquired', 'is', null).execute()
    assert.match((await endOf(dial(late.websocket.path))).reason, /has expired/)
    const made = await endpoint()
    const ws = dial(made.websocket.path, { origin: 'https://evil.example' })
    const [error] = await once(ws, 'error')
    assert.match(String(error), /403/)
    const foreign = await logIn(other)
    assert.match((await endOf(dial(made.websocket.path, { cookie: foreign.cookie }))).reason, /made by another user/)
    await assert.rejects(server.call('createConsoleEndpoint', { virtualmachineid: vm }, other), { errorcode: 531 })
  })

  test('a link made in a browser needs a session of its user', async () => {
    const mine = await logIn(server.admin)
    const query = `command=createConsoleEndpoint&response=json&virtualmachineid=${vm}&sessionkey=${encodeURIComponent(mine.sessionKey)}`
    const ask = async () => {
      const answer = await fetch(`${server.url}/client/api?${query}`, { headers: { cookie: mine.cookie } })
      // biome-ignore lint/suspicious/noExplicitAny: the body of an answer
      return ((await answer.json()) as any).createconsoleendpointresponse.consoleendpoint.websocket.path as string
    }
    assert.match((await endOf(dial(await ask()))).reason, /no session of its user/)
    const ws = dial(await ask(), { cookie: mine.cookie, origin: server.url })
    assert.equal(await talk(ws, 'mine'), 'MINE')
    ws.terminate()
  })

  test('a host that cannot open it says why; a foreign host cannot take its channel', async () => {
    refusal = agentFailure('vm.console', 'The screen cannot be opened', { seen: 'port 5901 does not answer' })
    const made = await endpoint()
    assert.deepEqual(await endOf(dial(made.websocket.path)), {
      code: 4534,
      reason: 'vm.console: port 5901 does not answer',
    })
    refusal = undefined
    const stranger = new WebSocket(`wss://127.0.0.1:${server.server.ports.agent}${agentPaths.channel}/nobody`, {
      key: credentials.key,
      cert: credentials.certificate,
      ca: credentials.ca,
    })
    const [error] = await once(stranger, 'error')
    assert.match(String(error), /403/)
  })

  test('the console of a user that is disabled ends', async () => {
    const made = await endpoint()
    const ws = dial(made.websocket.path)
    assert.equal(await talk(ws, 'a'), 'A')
    const ended = endOf(ws)
    const { db } = server.ctx
    await db.updateTable('user').set({ state: 'disabled' }).where('id', '=', server.admin.userId).execute()
    try {
      assert.deepEqual(await ended, { code: 4401, reason: 'virtual-machine.console-token: its user is disabled' })
    } finally {
      await db.updateTable('user').set({ state: 'enabled' }).where('id', '=', server.admin.userId).execute()
    }
  })
})
