import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiCallError, startTestServer } from '../testing/test-server.ts'

test('an account that has used up its requests gets 429 and the time to wait; root is not limited', async () => {
  const server = await startTestServer({
    settings: { 'api.throttling.enabled': 'true', 'api.throttling.max': '3', 'api.throttling.interval': '60' },
  })
  const user = await server.addAccount('busy', 'User')
  const other = await server.addAccount('calm', 'User')
  for (let round = 0; round < 3; round++) await server.call('listZones', {}, user)
  await assert.rejects(
    server.call('listZones', {}, user),
    (error) => error instanceof ApiCallError && error.errorcode === 429 && /retry after \d+ ms/.test(error.message),
  )
  await server.call('listZones', {}, other)
  for (let round = 0; round < 5; round++) await server.call('listZones')
  await server.stop()
})
