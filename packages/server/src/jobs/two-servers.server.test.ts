import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { defineCommand } from '@altostack/api'
import { CrashForTest, defineWorkflow, type FaultPoint } from '@altostack/workflow'
import { defineHandler } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Database } from '../db/database.ts'
import { databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { signedQuery, startTestServer, type TestServer } from '../testing/test-server.ts'

const wander = defineCommand({
  name: 'wander',
  kind: 'async',
  roles: ['Admin'],
  since: '0.1.0',
  description: 'A test.',
  params: { name: { type: 'string', required: true, description: 'Name.' } },
  response: 'success',
})
const gates = new Map<string, PromiseWithResolvers<void>>()
const acted: { readonly name: string; readonly on: string }[] = []
const wanderWorkflow = defineWorkflow<ServerContext, { readonly name: string }, Database>('test.wander')
  .step('act', {
    do: async (s) => {
      acted.push({ name: s.input.name, on: s.ctx.incarnation })
      await gates.get(s.input.name)?.promise
    },
  })
  .build()
const handler = defineHandler(wander, {
  submit: async ({ input }) => ({ workflow: wanderWorkflow, input: { name: input.name } }),
  result: async () => undefined,
})
const extra = { handlers: [handler], workflows: [wanderWorkflow] }

const skip = databaseMissing('mariadb')
describe('two servers on one MariaDB', skip === undefined ? {} : { skip }, () => {
  let first: TestServer
  let second: TestServer
  let crashing = false
  const faults = (point: FaultPoint): void => {
    if (crashing && point.at === 'after-do') throw new CrashForTest()
  }
  before(async () => {
    first = await startTestServer({ database: 'mariadb', extra, faults, leaseMs: 1500 })
    second = await startTestServer({ beside: first, extra, leaseMs: 1500 })
  })
  after(async () => {
    await second?.stop()
    await first?.stop()
    await stopTestDatabases()
  })

  test('a job of one is waited for at the other', async () => {
    const gate = Promise.withResolvers<void>()
    gates.set('far', gate)
    const { jobid } = await first.call('wander', { name: 'far' })
    const waiting = second.call('queryAsyncJobResult', { jobid, wait: 20 })
    const began = performance.now()
    gate.resolve()
    assert.equal((await waiting).jobstatus, 1)
    assert.ok(performance.now() - began < 5000)
  })

  test("the event stream of one tells the other's changes", async () => {
    const stop = new AbortController()
    const response = await fetch(`${second.url}/client/events?${signedQuery({}, second.admin)}`, {
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(30_000)]),
    })
    const { jobid } = await first.call('wander', { name: 'told' })
    let text = ''
    // Its progress may be told before its end.
    const ended = (): boolean => text.split('\n').some((line) => line.includes(jobid) && /"to":"Succeeded"/.test(line))
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(chunk)
      if (ended()) break
    }
    stop.abort()
    assert.ok(ended(), text)
  })

  test('the event stream of one tells how jobs go on that the other drives', async () => {
    const gate = Promise.withResolvers<void>()
    gates.set('slow', gate)
    const stop = new AbortController()
    const response = await fetch(`${second.url}/client/events?${signedQuery({}, second.admin)}`, {
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(15_000)]),
    })
    const { jobid } = await first.call('wander', { name: 'slow' })
    let text = ''
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(chunk)
      if (text.includes(`"jobid":"${jobid}"`)) break
    }
    // It waits at its gate still: what came is not its end.
    const job = await second.call('queryAsyncJobResult', { jobid })
    gate.resolve()
    assert.equal(job.jobstatus, 0)
    assert.match(text, new RegExp(`event: progress\\ndata: \\{"jobid":"${jobid}","cmd":"wander"`))
    stop.abort()
  })

  test('the runs of one that died are taken over by the other', async () => {
    gates.delete('orphan')
    crashing = true
    const { jobid } = await first.call('wander', { name: 'orphan' })
    let job = await second.call('queryAsyncJobResult', { jobid, wait: 30 })
    for (let more = 0; more < 3 && job.jobstatus === 0; more++) {
      job = await second.call('queryAsyncJobResult', { jobid, wait: 30 })
    }
    assert.equal(job.jobstatus, 1)
    // A lease of 1.5 s may pass on a busy machine, and the other acts once more: the first word and the last one count.
    const on = acted.filter((one) => one.name === 'orphan').map((one) => one.on)
    assert.deepEqual([on.at(0), on.at(-1)], [first.ctx.incarnation, second.ctx.incarnation])
  })
})
