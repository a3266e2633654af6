import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { transact } from '../db/transaction.ts'
import { recordChange } from '../event/feed.ts'
import { signedQuery, startTestServer, type TestAccount, type TestServer } from '../testing/test-server.ts'

let server: TestServer
describe('the event stream', () => {
  before(async () => {
    server = await startTestServer()
  })
  after(async () => {
    await server.stop()
  })

  type Change = { readonly id: number; readonly data: { readonly resourceid: string; readonly evidence?: unknown } }

  /** Follows the stream until `count` changes came. */
  async function follow(
    as: TestAccount,
    count: number,
    from?: { after?: number; lastEventId?: number },
  ): Promise<Change[]> {
    const stop = new AbortController()
    const query = signedQuery({ ...(from?.after === undefined ? {} : { after: from.after }) }, as)
    const response = await fetch(`${server.url}/client/events?${query}`, {
      signal: stop.signal,
      headers: from?.lastEventId === undefined ? {} : { 'Last-Event-ID': String(from.lastEventId) },
    })
    assert.equal(response.status, 200)
    const changes: Change[] = []
    let text = ''
    const timer = setTimeout(() => stop.abort(new Error('no more changes came')), 5000)
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(chunk)
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1]
        if (data) changes.push({ id: Number(/^id: (\d+)$/m.exec(block)?.[1]), data: JSON.parse(data) })
      }
      if (changes.length >= count) break
    }
    clearTimeout(timer)
    stop.abort()
    return changes
  }

  async function change(uuid: string, owner: TestAccount | null): Promise<void> {
    await transact(server.ctx, (tx) =>
      recordChange(tx, server.ctx, {
        entity: 'VirtualMachine',
        entityId: 1,
        entityUuid: uuid,
        from: 'Stopped',
        to: 'Starting',
        cause: 'test',
        evidence: { host: 'h1' },
        accountId: owner?.accountId ?? null,
        domainId: owner?.domainId ?? null,
      }),
    )
  }

  test('pushes each commit at once, in order, to those who may see it', async () => {
    const alice = await server.addAccount('alice', 'User')
    const bob = await server.addAccount('bob', 'User')
    const domain = await server.addDomain('sub')
    const chief = await server.addAccount('chief', 'DomainAdmin', domain.id)
    const carol = await server.addAccount('carol', 'User', domain.id)
    const all = follow(server.admin, 4, { after: 0 })
    const alices = follow(alice, 1, { after: 0 })
    const chiefs = follow(chief, 1, { after: 0 })
    await new Promise((resolve) => setTimeout(resolve, 100))
    await change('of-bob', bob)
    await change('of-alice', alice)
    await change('of-carol', carol)
    await change('of-nobody', null)
    assert.deepEqual(
      (await all).map((one) => one.data.resourceid),
      ['of-bob', 'of-alice', 'of-carol', 'of-nobody'],
    )
    assert.deepEqual(
      (await alices).map((one) => one.data.resourceid),
      ['of-alice'],
    )
    assert.deepEqual(
      (await chiefs).map((one) => one.data.resourceid),
      ['of-carol'],
    )
    assert.equal((await alices)[0]?.data.evidence, undefined)
    assert.deepEqual((await all)[0]?.data.evidence, { host: 'h1' })
  })

  test('goes on after the last event seen', async () => {
    const seen = await follow(server.admin, 4, { after: 0 })
    const rest = await follow(server.admin, 2, { lastEventId: seen[1]?.id ?? 0 })
    assert.deepEqual(
      rest.slice(0, 2).map((one) => one.id),
      [seen[2]?.id, seen[3]?.id],
    )
  })

  test('is 410 where what followed is no longer kept, 401 without a signature', async () => {
    const rows = await server.ctx.db.selectFrom('change_feed').select('id').orderBy('id').execute()
    await server.ctx.db
      .deleteFrom('change_feed')
      .where('id', '<=', rows[1]?.id ?? 0)
      .execute()
    const gone = await fetch(`${server.url}/client/events?${signedQuery({ after: 1 }, server.admin)}`)
    assert.equal(gone.status, 410)
    assert.match(await gone.text(), /no longer kept/)
    assert.equal((await fetch(`${server.url}/client/events?after=0`)).status, 401)
  })

  test('ends when the server stops', async () => {
    const other = await startTestServer()
    const response = await fetch(`${other.url}/client/events?${signedQuery({}, other.admin)}`)
    const text = response.text()
    const began = performance.now()
    await other.stop()
    await text
    assert.ok(performance.now() - began < 4000)
  })

  test('an account holds a limited number of them', async () => {
    const erin = await server.addAccount('erin', 'User')
    await server.call('updateConfiguration', { name: 'alto.event.streams.max', value: '2' })
    const open = async (as = erin) => {
      const stop = new AbortController()
      const url = `${server.url}/client/events?${signedQuery({}, as)}`
      return { stop, response: await fetch(url, { signal: stop.signal }) }
    }
    const held = [await open(), await open()]
    const third = await open()
    assert.equal(third.response.status, 429)
    assert.match(await third.response.text(), /2 event streams open already/)
    const others = await open(server.admin)
    assert.equal(others.response.status, 200, 'another account has its own')
    held[0]?.stop.abort()
    const again = await until(async () => {
      const one = await open()
      if (one.response.status === 200) return one
      await one.response.text()
      return undefined
    })
    for (const one of [...held, again, others]) one.stop.abort()
    await server.call('updateConfiguration', { name: 'alto.event.streams.max', value: '' })
  })

  async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (let round = 0; round < 100; round++) {
      const found = await look()
      if (found !== undefined) return found
      await server.ctx.runtime.sleep(50)
    }
    throw new Error('it never came true')
  }

  test('ends for a user that was disabled, before another change reaches it', async () => {
    const dave = await server.addAccount('dave', 'User')
    const response = await fetch(`${server.url}/client/events?${signedQuery({}, dave)}`)
    assert.equal(response.status, 200)
    await server.ctx.db.updateTable('user').set({ state: 'disabled' }).where('username', '=', 'dave').execute()
    await server.ctx.runtime.sleep(5200)
    await change('00000000-0000-4000-8000-00000000da5e', dave)
    let text = ''
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
      text += new TextDecoder().decode(chunk)
    assert.doesNotMatch(text, /da5e/)
  })
})
