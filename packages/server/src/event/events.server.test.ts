import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { alertTypes, clearAlert, raiseAlert } from '../alert/index.ts'
import { transact } from '../db/transaction.ts'
import { ApiCallError, startTestServer, type TestServer } from '../testing/test-server.ts'
import { recordChange } from './feed.ts'
import { pruneEventsDuty, pruneFeedDuty } from './prune-feed.duty.ts'
import { recordEvent } from './record-event.ts'

let server: TestServer
describe('events and alerts', () => {
  before(async () => {
    server = await startTestServer()
  })
  after(async () => {
    await server.stop()
  })

  test('a change and a refusal each leave their event with object, owner and level', async () => {
    await server.call('createDomain', { name: 'noted' })
    await assert.rejects(server.call('createDomain', { name: 'noted' }), ApiCallError)
    const { event } = await server.call('listEvents', { type: 'DOMAIN.CREATE', listall: true })
    assert.deepEqual(
      event.map((one: { level: string }) => one.level),
      ['ERROR', 'INFO'],
    )
    assert.match(event[0].description, /^Error while create domain: /)
    assert.equal(event[1].resourcetype, 'Domain')
    assert.equal(event[1].resourcename, 'noted')
    assert.equal(event[1].account, 'admin')
    assert.equal(event[1].domainpath, 'ROOT')
  })

  test('events are shown to those they belong to, and filtered', async () => {
    const { ctx } = server
    const owner = await server.addAccount('owner', 'User')
    const other = await server.addAccount('other', 'User')
    const startId = await transact(ctx, (tx) =>
      recordEvent(tx, ctx, {
        type: 'VM.STOP',
        state: 'Scheduled',
        description: 'stop i-2-3-VM',
        accountId: owner.accountId,
        domainId: owner.domainId,
      }),
    )
    const count = async (params: object, as = owner): Promise<number> =>
      (await server.call('listEvents', { type: 'VM.STOP', ...params }, as)).count ?? 0
    assert.equal(await count({}), 1)
    assert.equal(await count({}, other), 0)
    assert.equal(await count({ keyword: 'i-2-3' }), 1)
    assert.equal(await count({ state: 'Completed' }), 0)
    assert.equal(await count({ startdate: '2099-01-01' }), 0)
    assert.equal(await count({ entrytime: 0, duration: 60 }), 1)
    await transact(ctx, (tx) =>
      recordEvent(tx, ctx, {
        type: 'VM.STOP',
        description: 'stopped',
        accountId: owner.accountId,
        domainId: owner.domainId,
        startId,
      }),
    )
    assert.equal(await count({ entrytime: 0, duration: 60 }), 0)
    await assert.rejects(count({ entrytime: 1 }), /together/)
  })

  test('an open alert of a place is not written again until it is resolved; those of single objects are by subject', async () => {
    const { ctx } = server
    const raise = (type: number, subject: string): Promise<boolean> =>
      transact(ctx, (tx) => raiseAlert(tx, ctx, { type, subject, content: 'look', zoneId: 1 }))
    assert.equal(await raise(alertTypes.cpu, 'CPU is short'), true)
    assert.equal(await raise(alertTypes.cpu, 'CPU is shorter'), false)
    await transact(ctx, (tx) => clearAlert(tx, ctx, { type: alertTypes.cpu, zoneId: 1 }))
    assert.equal(await raise(alertTypes.cpu, 'CPU is short again'), true)
    assert.equal(await raise(alertTypes.host, 'Host a is down'), true)
    assert.equal(await raise(alertTypes.host, 'Host b is down'), true)
    assert.equal(await raise(alertTypes.host, 'Host a is down'), false)
    const { alert, count } = await server.call('listAlerts', { type: alertTypes.host })
    assert.equal(count, 2)
    assert.deepEqual(
      alert.map((one: { name: string; description: string }) => [one.name, one.description]),
      [
        ['ALERT.COMPUTE.HOST', 'Host b is down'],
        ['ALERT.COMPUTE.HOST', 'Host a is down'],
      ],
    )
  })

  test('evidence is the feed, newest first; users see what is theirs without evidence', async () => {
    const { ctx } = server
    const user = await server.addAccount('watched', 'User')
    const uuid = ctx.runtime.uuid()
    for (const to of ['Starting', 'Running']) {
      await transact(ctx, (tx) =>
        recordChange(tx, ctx, {
          entity: 'VirtualMachine',
          entityId: 9,
          entityUuid: uuid,
          from: 'Stopped',
          to,
          event: 'StartRequested',
          cause: 'vm.start',
          evidence: { host: 'h1', fix: 'nothing' },
          accountId: user.accountId,
          domainId: user.domainId,
        }),
      )
    }
    const { evidence, count } = await server.call('listEvidence', { resourceid: uuid })
    assert.equal(count, 2)
    assert.equal(evidence[0].to, 'Running')
    assert.equal(evidence[0].fix, 'nothing')
    assert.deepEqual(evidence[0].evidence.host, 'h1')
    const theirs = await server.call('listEvidence', { resourceid: uuid }, user)
    assert.equal(theirs.count, 2)
    assert.equal(theirs.evidence[0].evidence, undefined)
    const other = await server.addAccount('unrelated', 'User')
    assert.deepEqual(await server.call('listEvidence', { resourceid: uuid }, other), {})
  })

  test('old events and feed rows are forgotten by their settings, more of them than a slice', async () => {
    const { ctx } = server
    await transact(ctx, async (tx) => {
      for (let made = 0; made < 1200; made++) {
        await recordEvent(tx, ctx, { type: 'VM.STOP', description: 'stopped', accountId: 2, domainId: 1 })
      }
    })
    await ctx.db.updateTable('event').set({ created: 1 }).execute()
    await ctx.db.updateTable('change_feed').set({ at: 1 }).execute()
    await pruneEventsDuty.run(ctx)
    await pruneFeedDuty.run(ctx)
    assert.deepEqual(await server.call('listEvents', { listall: true }), {})
    assert.equal((await server.call('listEvidence')).count, 1)
  })
})
