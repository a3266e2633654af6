import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { defineCommand, defineResponse } from '@altostack/api'
import { apiFailure, type JsonObject } from '@altostack/core'
import { CrashForTest, defineWorkflow, type FaultPoint } from '@altostack/workflow'
import { type BoundHandler, defineHandler } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Database } from '../db/database.ts'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { ApiCallError, startTestServer, type TestServer } from '../testing/test-server.ts'

const thing = defineResponse({
  name: 'ThingResponse',
  fields: {
    name: { type: 'string', description: 'Name.' },
    host: { type: 'string', description: 'Where it is.', roles: ['Admin'] },
  },
})
const params = {
  name: { type: 'string', required: true, description: 'Name.' },
  secret: { type: 'string', sensitive: true, description: 'A secret.' },
} as const
const shared = {
  roles: ['Admin', 'User'],
  unlistedRoles: ['Admin', 'User'],
  since: '0.1.0',
  description: 'A test.',
  params,
} as const
const makeThing = defineCommand({
  ...shared,
  name: 'makeThing',
  kind: 'async',
  event: 'VM.START',
  response: thing,
  key: 'thing',
})
const makeThingNow = defineCommand({ ...shared, name: 'makeThingNow', kind: 'sync', response: thing, key: 'thing' })

/** Gates that steps wait at, by name. */
const gates = new Map<string, PromiseWithResolvers<void>>()
const undone: string[] = []

const thingWorkflow = defineWorkflow<ServerContext, { readonly name: string }, Database>('test.thing')
  .transact('note', {
    do: async (tx, s) => {
      await tx
        .insertInto('configuration')
        .values({ name: `thing.${s.input.name}`, value: 'made', category: 't' })
        .execute()
      return { noted: true }
    },
    undo: async (tx, s) => {
      await tx.deleteFrom('configuration').where('name', '=', `thing.${s.input.name}`).execute()
      undone.push(s.input.name)
    },
  })
  .step('act', {
    do: async (s) => {
      await gates.get(s.input.name)?.promise
      if (s.input.name.startsWith('bad')) throw apiFailure('api.insufficient-capacity', 'host-7 has no room')
      return { host: 'host-7' }
    },
    retry: { attempts: 1 },
  })
  .step('finish', { do: async () => ({ finished: true }) })
  .build()

function handle(command: typeof makeThing | typeof makeThingNow): BoundHandler {
  return defineHandler(command as typeof makeThing, {
    submit: async ({ tx, input }) => {
      if (input.name === 'taken') throw apiFailure('api.in-use', 'The name is taken')
      await tx
        .insertInto('configuration')
        .values({ name: `asked.${input.name}`, value: null, category: 't' })
        .execute()
      return { workflow: thingWorkflow, input: { name: input.name }, lockKey: `thing:${input.name}` }
    },
    result: async ({ db, input, output }) => {
      const row = await db
        .selectFrom('configuration')
        .select('value')
        .where('name', '=', `thing.${input.name}`)
        .executeTakeFirstOrThrow()
      return { name: `${input.name} ${row.value}`, host: (output.act as JsonObject).host as string }
    },
  })
}
const extra = { handlers: [handle(makeThing), handle(makeThingNow)], workflows: [thingWorkflow] }

for (const database of databaseKinds) {
  const skip = databaseMissing(database)
  describe(`jobs on ${database}`, skip === undefined ? {} : { skip }, () => {
    let server: TestServer
    let user: Awaited<ReturnType<TestServer['addAccount']>>
    before(async () => {
      server = await startTestServer({ database, extra })
      user = await server.addAccount('plain', 'User')
    })
    after(async () => {
      await server?.stop()
      await stopTestDatabases()
    })

    test('who asks without wait hears at once of a job that ends just now, and soon of one that does not', async () => {
      const short = Promise.withResolvers<void>()
      gates.set('short', short)
      const { jobid } = await server.call('makeThing', { name: 'short' })
      const early = await server.call('queryAsyncJobResult', { jobid, wait: 0 })
      assert.equal(early.jobstatus, 0)
      const pending = await server.call('queryAsyncJobResult', { jobid })
      assert.equal(pending.jobstatus, 0)
      await server.call('updateConfiguration', { name: 'alto.job.query.wait.milliseconds', value: 10_000 })
      setTimeout(() => short.resolve(), 50)
      const job = await server.call('queryAsyncJobResult', { jobid })
      assert.equal(job.jobstatus, 1)
      await server.call('updateConfiguration', { name: 'alto.job.query.wait.milliseconds', value: 500 })
    })

    test('a job ends with the result of its command, and wait answers at its end', async () => {
      const gate = Promise.withResolvers<void>()
      gates.set('slow', gate)
      const { jobid } = await server.call('makeThing', { name: 'slow', secret: 'hush' })
      const pending = await server.call('queryAsyncJobResult', { jobid })
      assert.equal(pending.jobstatus, 0)
      assert.equal(pending.description, 'make thing slow')
      assert.equal((await server.call('listAsyncJobs')).asyncjobs[0].jobid, jobid)
      const asked = performance.now()
      const waiting = server.call('queryAsyncJobResult', { jobid, wait: 20 })
      setTimeout(() => gate.resolve(), 50)
      const job = await waiting
      assert.ok(performance.now() - asked < 3000)
      assert.equal(job.jobstatus, 1)
      assert.equal(job.jobresultcode, 0)
      assert.deepEqual(job.jobresult, { thing: { name: 'slow made', host: 'host-7' } })
      assert.deepEqual(await server.call('listAsyncJobs'), {})
      const row = await server.ctx.db
        .selectFrom('async_job')
        .selectAll()
        .where('uuid', '=', jobid)
        .executeTakeFirstOrThrow()
      assert.doesNotMatch(JSON.stringify(row), /hush/)
    })

    test('every list says which job is at work on its objects', async () => {
      const [offering] = (await server.call('listNetworkOfferings')).networkoffering
      const { db, runtime } = server.ctx
      const job = { user_id: 1, account_id: 1, domain_id: 1, job_cmd: 'x', created: 1, last_updated: 1 }
      const jobs = [1, 0].map((job_status) => ({ ...job, job_status, uuid: runtime.uuid() }))
      for (const one of jobs)
        await db
          .insertInto('async_job')
          .values({ ...one, instance_uuid: offering.id })
          .execute()
      const listed = (await server.call('listNetworkOfferings')).networkoffering
      assert.deepEqual([listed[0].jobid, listed[0].jobstatus], [jobs[1]?.uuid, 0])
      assert.equal(listed[1].jobid, undefined)
      await db.deleteFrom('async_job').where('job_cmd', '=', 'x').execute()
    })

    test('events tell of schedule, start and end, with one start', async () => {
      await server.run('makeThing', { name: 'told' })
      const { event } = await server.call('listEvents', { type: 'VM.START', keyword: 'told', listall: true })
      assert.deepEqual(
        event.map((one: { state: string }) => one.state),
        ['Completed', 'Started', 'Scheduled'],
      )
      assert.equal(event[0].parentid, event[2].id)
      assert.equal(event[0].username, 'admin')
      assert.equal(event[0].level, 'INFO')
    })

    test('others than root get the fields and texts that are theirs', async () => {
      assert.deepEqual(await server.run('makeThing', { name: 'mine' }, user), { thing: { name: 'mine made' } })
      await assert.rejects(
        server.run('makeThing', { name: 'bad1' }, user),
        (error) => error instanceof ApiCallError && error.errorcode === 533 && !/host-7/.test(error.message),
      )
      await assert.rejects(server.run('makeThing', { name: 'bad2' }), /host-7 has no room/)
      assert.ok(undone.includes('bad1') && undone.includes('bad2'))
    })

    test("somebody else's job is 531, an unknown one 431", async () => {
      const { jobid } = await server.call('makeThing', { name: 'admins' })
      await assert.rejects(
        server.call('queryAsyncJobResult', { jobid }, user),
        (error) => error instanceof ApiCallError && error.errorcode === 531,
      )
      await assert.rejects(
        server.call('queryAsyncJobResult', { jobid: server.ctx.runtime.uuid() }),
        (error) => error instanceof ApiCallError && error.errorcode === 431,
      )
    })

    test('a sync command waits for its workflow and answers its object, or its failure', async () => {
      assert.deepEqual(await server.call('makeThingNow', { name: 'now' }), {
        thing: { name: 'now made', host: 'host-7' },
      })
      await assert.rejects(
        server.call('makeThingNow', { name: 'bad3' }),
        (error) => error instanceof ApiCallError && error.errorcode === 533 && /host-7/.test(error.message),
      )
    })

    test('a cancelled job unwinds and fails', async () => {
      const gate = Promise.withResolvers<void>()
      gates.set('stopme', gate)
      const { jobid } = await server.call('makeThing', { name: 'stopme' })
      assert.equal((await server.call('cancelAsyncJob', { jobid })).success, true)
      gate.resolve()
      const job = await server.call('queryAsyncJobResult', { jobid, wait: 20 })
      assert.equal(job.jobstatus, 2)
      assert.match(job.jobresult.errortext, /cancelled/)
      assert.ok(undone.includes('stopme'))
      await assert.rejects(server.call('cancelAsyncJob', { jobid }), /has ended/)
    })

    test('a second operation on the same object is refused by name', async () => {
      const gate = Promise.withResolvers<void>()
      gates.set('twice', gate)
      await server.call('makeThing', { name: 'twice' })
      await server.ctx.db.deleteFrom('configuration').where('name', '=', 'asked.twice').execute()
      await assert.rejects(
        server.call('makeThing', { name: 'twice' }),
        (error) => error instanceof ApiCallError && error.errorcode === 536,
      )
      gate.resolve()
      await server.ctx.engine.idle()
    })

    test('dryrun names the steps and refusals, and leaves nothing', async () => {
      const events = async (): Promise<number> =>
        Number(
          (
            await server.ctx.db
              .selectFrom('event')
              .select((e) => e.fn.countAll().as('n'))
              .executeTakeFirstOrThrow()
          ).n,
        )
      const before = await events()
      const { dryrun } = await server.call('makeThing', { name: 'try', dryrun: true })
      assert.deepEqual(dryrun, {
        ok: true,
        steps: [{ name: 'note' }, { name: 'act' }, { name: 'finish' }],
        claims: [],
        moves: [],
        refusals: [],
      })
      const refused = await server.call('makeThing', { name: 'taken', dryrun: true })
      assert.equal(refused.dryrun.ok, false)
      assert.equal(refused.dryrun.refusals[0].code, 'api.in-use')
      const left = await server.ctx.db.selectFrom('configuration').selectAll().where('name', '=', 'asked.try').execute()
      assert.equal(left.length, 0)
      assert.equal(await events(), before)
    })
  })
}

test('a job goes on after kill -9 of its server, and its end is written once', async () => {
  let broken = false
  const faults = (point: FaultPoint): void => {
    if (broken || (point.at === 'after-do' && point.step === 'act')) {
      broken = true
      throw new CrashForTest()
    }
  }
  const first = await startTestServer({ extra, faults })
  const { jobid } = await first.call('makeThing', { name: 'survivor' })
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.equal((await first.call('queryAsyncJobResult', { jobid })).jobstatus, 0)
  const kept = await first.stop({ keep: true })
  const second = await startTestServer({ extra, kept })
  const job = await second.call('queryAsyncJobResult', { jobid, wait: 20 })
  assert.equal(job.jobstatus, 1)
  assert.deepEqual(job.jobresult, { thing: { name: 'survivor made', host: 'host-7' } })
  const { event } = await second.call('listEvents', { type: 'VM.START', keyword: 'survivor', listall: true })
  assert.equal(event.filter((one: { state: string }) => one.state === 'Completed').length, 1)
  await second.stop()
})
