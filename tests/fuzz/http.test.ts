import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { choices } from '../../packages/api/fuzz/random.ts'
import { databaseMissing, stopTestDatabases } from '../../packages/server/src/testing/test-databases.ts'
import { startTestServer, type TestAccount, type TestServer } from '../../packages/server/src/testing/test-server.ts'
import { full, seedOf } from './campaign.ts'
import { type Hostile, hostileRequest } from './hostile-requests.ts'

/** Odd text fails in a database of its own way: each is tried. */
const campaigns = [
  { database: 'sqlite', requests: full ? 50_000 : 2000 },
  { database: 'mariadb', requests: full ? 10_000 : 500 },
] as const
const seed = seedOf(6)
/** Failures of the caller's own doing that the protocol gives a number above 500. */
const documented = new Set([531, 532, 533, 534, 535, 536, 537])
const heapGrowthMiB = 64

describe('hostile requests', () => {
  after(stopTestDatabases)
  for (const { database, requests } of campaigns) {
    describe(`hostile requests on ${database}`, { skip: databaseMissing(database) ?? false }, () => {
      let server: TestServer
      let user: TestAccount
      before(async () => {
        process.env.ALTO_TEST_LOG = 'warn'
        server = await startTestServer({ database })
        user = await server.addAccount('tenant', 'User')
      })
      after(async () => {
        await server?.stop()
      })

      test(`${requests} hostile requests: no 5xx, no failure in the log, no growth, and a server that still answers`, async () => {
        const random = choices(seed)
        const target = { commands: server.ctx.handlers.all.map((one) => one.command), admin: server.admin, user }
        const port = Number(new URL(server.url).port)
        const statuses = new Map<string, number>()
        let before = 0
        for (let at = 0; at < requests; at++) {
          const request = hostileRequest(random, target)
          const place = `replay with ALTO_FUZZ_SEED=${seed}; request ${at}, ${request.kind}: ${shown(request)}`
          const status = statusOf(await exchange(port, request), request, place)
          if (status >= 500 && !documented.has(status)) assert.fail(`${status}\n${place}\n${lastFailure(server)}`)
          const key = `${request.kind} ${status}`
          statuses.set(key, (statuses.get(key) ?? 0) + 1)
          if (at % 200 === 199) await answers(server, place)
          // What grows once (compiled queries, caches) has grown after the first fifth.
          if (at === Math.floor(requests / 5)) before = heapMiB()
        }
        const failures = server.logLines().filter((line) => Number(line.level) >= 50)
        assert.deepEqual(failures, [], 'errors in the log of the server')
        const grown = heapMiB() - before
        assert.ok(grown < heapGrowthMiB, `the heap grew by ${grown.toFixed(1)} MiB`)
        // Each kind came, and signed requests got through to commands.
        assert.ok((statuses.get('signed 200') ?? 0) > requests / 100, JSON.stringify([...statuses]))
      })
    })
  }

  function lastFailure(server: TestServer): string {
    return JSON.stringify(server.logLines().at(-1) ?? {}).slice(0, 2000)
  }

  async function answers(server: TestServer, place: string): Promise<void> {
    const { status } = await server.raw({ command: 'listCapabilities', response: 'json' })
    assert.equal(status, 200, `the server no longer answers\n${place}`)
  }

  /** Sends the bytes and reads until the connection ends; an answer that does not come within 10 s fails. */
  function exchange(port: number, { bytes, mayHang }: Hostile): Promise<string> {
    return new Promise((resolve, reject) => {
      const parts: Buffer[] = []
      const done = (): void => {
        clearTimeout(timer)
        socket.destroy()
        resolve(Buffer.concat(parts).toString('latin1'))
      }
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(bytes)
      })
      const timer = setTimeout(
        () => {
          if (mayHang) return done()
          socket.destroy()
          reject(new Error(`no answer within 10 s to ${bytes.subarray(0, 300).toString('latin1')}`))
        },
        mayHang ? 100 : 10_000,
      )
      socket.on('data', (part: Buffer) => parts.push(part))
      socket.on('end', done)
      // A server that refuses a large body may close while it is still coming in.
      socket.on('error', done)
      socket.on('close', done)
    })
  }

  function statusOf(answer: string, request: Hostile, place: string): number {
    const match = /^HTTP\/1\.[01] (\d{3})/.exec(answer)
    if (match) return Number(match[1])
    assert.ok(request.mayHang || request.bytes.length > 1_000_000, `no answer\n${place}`)
    return 0
  }

  function shown({ bytes }: Hostile): string {
    return JSON.stringify(bytes.subarray(0, 1500).toString('latin1'))
  }

  function heapMiB(): number {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    collect()
    return process.memoryUsage().heapUsed / 2 ** 20
  }
})
