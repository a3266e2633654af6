import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { rpcErrorCodes } from '@altostack/agent-api'
import { agentFailure, type Json, systemRuntime } from '@altostack/core'
import fc from 'fast-check'
import type { HostContext } from '../host-context.ts'
import { silentLog } from '../log.ts'
import { openStateDatabase, type StateDatabase } from '../state-database.ts'
import { createExecutor, type Executor } from './executor.ts'
import type { AnyMutatingMethod, Job } from './host-method.ts'
import { openIncarnation } from './incarnation.ts'
import { openJournal } from './journal.ts'

let dir = ''
let files = 0
before(() => {
  dir = mkdtempSync(join(tmpdir(), 'alto-journal-'))
})
after(() => rmSync(dir, { recursive: true }))

const pool = { uuid: '7d9a0a52-5c6c-4b5e-8f4e-1d3f6a1c0001', type: 'Filesystem', path: '/pool' } as const
const volumeUuid = '7d9a0a52-5c6c-4b5e-8f4e-1d3f6a1c0003'
const tokens = (key: string, over = {}) => ({ key, runId: 'run', runEpoch: 1, hostIncarnation: 0, ...over })
const removal = (key: string, over = {}) => ({ tokens: tokens(key, over), pool, volumeUuid })

/** A process's life over a journal on disk: it ends without finishing anything. */
type Life = {
  readonly executor: Executor
  readonly database: StateDatabase
  readonly announced: string[]
  readonly end: () => void
}
function begin(path: string, method: Partial<AnyMutatingMethod>, refuse?: () => void, workers?: () => number): Life {
  const database = openStateDatabase(path)
  const announced: string[] = []
  const runtime = systemRuntime()
  const context = {
    runtime,
    log: silentLog(),
    database,
    journal: openJournal(database, runtime.now),
    incarnation: openIncarnation(database),
  } as unknown as HostContext
  const whole: AnyMutatingMethod = { run: async () => ({}), probe: async () => ({ effect: 'absent' }), ...method }
  const executor = createExecutor({
    context,
    methods: { 'volume.remove': whole, 'vm.stop': whole, 'template.install': whole },
    announce: (key, state) => announced.push(`${key} ${state}`),
    ...(refuse === undefined ? {} : { refuse }),
    ...(workers === undefined ? {} : { workers }),
  })
  return {
    executor,
    database,
    announced,
    end() {
      executor.stop()
      database.close()
    },
  }
}
const file = (): string => join(dir, `${++files}.db`)
const never = (): Promise<never> => new Promise(() => {})
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('law: whatever the crashes, the effect happens once and every answer is the same', async () => {
  const crash = fc.constantFrom('before effect', 'after effect', 'after outcome', 'none')
  await fc.assert(
    fc.asyncProperty(fc.array(crash, { maxLength: 6 }), async (crashes) => {
      const path = file()
      let effects = 0
      const answers: Json[] = []
      for (const at of [...crashes, 'none']) {
        const life = begin(path, {
          async run() {
            if (at === 'before effect') return await never()
            effects++
            if (at === 'after effect') return await never()
            return { effects }
          },
          probe: async () => (effects > 0 ? { effect: 'done', result: { effects } } : { effect: 'absent' }),
        })
        const answer = life.executor.execute('volume.remove', removal('run/step'))
        const got = await Promise.race([
          answer,
          turn()
            .then(turn)
            .then(turn)
            .then(() => undefined),
        ])
        answer.catch(() => {})
        if (got !== undefined && at !== 'after outcome') answers.push(got as Json)
        life.end()
      }
      assert.equal(effects, 1)
      assert.ok(answers.length >= 1)
      for (const answer of answers) assert.deepEqual(answer, { effects: 1 })
    }),
    { numRuns: 40 },
  )
})

test('the same key at the same time runs once', async () => {
  let runs = 0
  const life = begin(file(), {
    async run() {
      runs++
      await turn()
      return { runs }
    },
  })
  const calls = Array.from({ length: 5 }, () => life.executor.execute('volume.remove', removal('run/one')))
  assert.deepEqual(await Promise.all(calls), Array(5).fill({ runs: 1 }))
  life.end()
})

test('a failed short call is answered, not kept: its key runs again', async () => {
  let broken = true
  const life = begin(file(), {
    async run() {
      if (broken) throw agentFailure('pool.full', 'no room', { seen: '0 bytes' })
      return {}
    },
  })
  await assert.rejects(life.executor.execute('volume.remove', removal('run/one')), {
    code: 'pool.full',
    effectPossible: true,
  })
  broken = false
  assert.deepEqual(await life.executor.execute('volume.remove', removal('run/one')), {})
  life.end()
})

test('a long call is accepted at once, announced, polled, and waits for its end', async () => {
  let finish: (value: Json) => void = () => {}
  const life = begin(file(), {
    run: (_context: unknown, _params: unknown, job: Job) => {
      job.progress({ percent: 50, unknown: undefined })
      return new Promise<Json>((resolve) => {
        finish = resolve
      })
    },
  })
  const vm = { instanceName: 'i-1', uuid: volumeUuid, generation: 1 }
  const stop = { tokens: tokens('run/stop'), vm, graceMs: 0 }
  assert.deepEqual(await life.executor.execute('vm.stop', stop), { accepted: true })
  assert.deepEqual(await life.executor.poll('run/stop', 0), { state: 'running', progress: { percent: 50 } })
  const waiting = life.executor.poll('run/stop', 10_000)
  finish({ how: 'shutdown' })
  assert.deepEqual(await waiting, { state: 'done', result: { how: 'shutdown' } })
  assert.deepEqual(life.announced, ['run/stop running', 'run/stop done'])
  assert.deepEqual(await life.executor.poll('run/other', 0), { state: 'unknown' })
  life.end()
})

test('an effect that goes on without the agent is taken up again by the next life', async () => {
  const path = file()
  const first = begin(path, { run: never })
  await first.executor.execute('template.install', { tokens: tokens('run/t') })
  first.end()
  const second = begin(path, {
    probe: async () => ({ effect: 'running', resume: async () => ({ resumed: true }) }),
  })
  await second.executor.settle()
  assert.deepEqual(await second.executor.poll('run/t', 1000), { state: 'done', result: { resumed: true } })
  second.end()
})

test('an entry that cannot be probed now stays, and is settled later', async () => {
  const path = file()
  const first = begin(path, { run: never })
  void first.executor.execute('volume.remove', removal('run/one')).catch(() => {})
  await turn()
  first.end()
  let up = false
  const second = begin(path, {
    async probe() {
      if (!up) throw agentFailure('agent.libvirt-down', 'libvirtd does not answer')
      return { effect: 'done', result: { found: true } }
    },
  })
  await second.executor.settle()
  await assert.rejects(second.executor.execute('volume.remove', removal('run/one')), { code: 'agent.libvirt-down' })
  up = true
  await second.executor.settle()
  assert.deepEqual(await second.executor.execute('volume.remove', removal('run/one')), { found: true })
  second.end()
})

test('an older epoch of the run is refused even for a known key in flight', async () => {
  const path = file()
  const first = begin(path, { run: never })
  void first.executor.execute('volume.remove', removal('run/one', { runEpoch: 4 })).catch(() => {})
  await turn()
  first.end()
  const second = begin(path, {})
  const stale = { rpcCode: rpcErrorCodes.staleToken }
  await assert.rejects(second.executor.execute('volume.remove', removal('run/one', { runEpoch: 3 })), stale)
  await assert.rejects(second.executor.execute('volume.remove', removal('run/two', { runEpoch: 3 })), stale)
  assert.deepEqual(await second.executor.execute('volume.remove', removal('run/one', { runEpoch: 4 })), {})
  second.end()
})

test('a journal that cannot be written refuses new work and touches nothing', async () => {
  let runs = 0
  const life = begin(file(), {
    run: async () => {
      runs++
      return {}
    },
  })
  // As small as it is: no page may be added, which is what a full disk does.
  life.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  const { page_count } = life.database.prepare('PRAGMA page_count').get() as { page_count: number }
  life.database.exec(`PRAGMA max_page_count = ${page_count}`)
  const big = removal(`run/${'x'.repeat(190)}`)
  let refusals = 0
  for (let at = 0; at < 60; at++) {
    const params = { ...big, tokens: { ...big.tokens, key: `run/${at}${'x'.repeat(180)}` } }
    await life.executor
      .execute('volume.remove', params)
      .catch((error: { code?: string; rpcCode?: number; effectPossible?: boolean }) => {
        refusals++
        assert.equal(error.code, 'agent.disk-full')
        assert.equal(error.rpcCode, rpcErrorCodes.refusing)
        assert.equal(error.effectPossible, false)
      })
  }
  assert.ok(refusals > 0, 'the journal filled up')
  assert.equal(runs, 60 - refusals)
  life.end()
})

test('the disk of the journal has no password', async () => {
  const path = file()
  const life = begin(path, { run: never })
  void life.executor.execute('vm.stop', { tokens: tokens('run/p'), spec: { vncPassword: 'hunter22' } }).catch(() => {})
  await turn()
  const { params } = life.database.prepare('SELECT params FROM entry').get() as { params: string }
  assert.doesNotMatch(params, /hunter22/)
  life.end()
})

test('workers bounds effects at the same time; long ones take nothing from short ones', async () => {
  let [now, most] = [0, 0]
  let go = Promise.withResolvers<void>()
  const life = begin(
    join(dir, 'workers.db'),
    {
      run: async () => {
        most = Math.max(most, ++now)
        await go.promise
        now--
        return {}
      },
    },
    undefined,
    () => 2,
  )
  const install = (key: string) =>
    life.executor.execute('template.install', {
      tokens: tokens(key),
      pool,
      templateUuid: volumeUuid,
      virtualSizeBytes: 1,
      fileSizeBytes: 1,
      checksum: '',
    })
  for (const key of ['l1', 'l2', 'l3']) assert.deepEqual(await install(key), { accepted: true })
  await turn()
  assert.equal(now, 2)
  const short = ['s1', 's2', 's3', 's4'].map((key) => life.executor.execute('volume.remove', removal(key)))
  await turn()
  assert.equal(now, 4)
  assert.equal((await life.executor.poll('l3', 0)).state, 'running', 'what waits for a worker is under way')
  go.resolve()
  go = Promise.withResolvers()
  go.resolve()
  await Promise.all(short)
  assert.equal((await life.executor.poll('l3', 1000)).state, 'done')
  assert.equal(most, 4)
  life.end()
})
