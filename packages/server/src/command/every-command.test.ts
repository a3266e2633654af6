import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { EntityName } from '@altostack/api'
import { transact } from '../db/transaction.ts'
import { fabricateEntities, requiredParams, sample } from '../testing/fabricate-row.ts'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { ApiCallError, startTestServer, type TestAccount, type TestServer } from '../testing/test-server.ts'
import { serverHandlers } from './handlers.ts'

const offered = serverHandlers
  .filter(({ handler, command }) => !('session' in handler) && command.name !== 'listApis')
  .map(({ command }) => command)

// Every command with nothing but what is required and with each of its parameters in turn; those that change something
// under dryrun. The same SQL must run on both databases, and nothing that a caller sends may be an internal error.
for (const database of databaseKinds) {
  const skip = databaseMissing(database)
  describe(`every command on ${database}`, skip === undefined ? {} : { skip }, () => {
    let server: TestServer
    let user: TestAccount
    let objects: ReadonlyMap<EntityName, string> = new Map()
    before(async () => {
      server = await startTestServer({ database, agents: true })
      user = await server.addAccount('reader', 'User')
      const owner = { account_id: user.accountId, domain_id: 1 }
      objects = await transact(server.ctx, (tx) => fabricateEntities(tx, owner, server.ctx.runtime.uuid))
    })
    after(async () => {
      await server?.stop()
      await stopTestDatabases()
    })

    async function code(name: string, params: Readonly<Record<string, string>>, as: TestAccount): Promise<string> {
      try {
        await server.call(name, { ...params, dryrun: true }, as)
        return ''
      } catch (error) {
        if (!(error instanceof ApiCallError)) throw error
        // 530 is a defect; what the parameters deserve (431, 531…) and a host that is not connected are not.
        return error.errorcode === 530 ? error.message : ''
      }
    }

    for (const command of offered) {
      test(command.name, async () => {
        for (const as of [server.admin, user]) {
          const needed = requiredParams(command, objects, as === user ? 'User' : 'Admin')
          assert.equal(await code(command.name, needed, as), '')
          for (const [name, param] of Object.entries(command.params)) {
            if (param.unsupported || param.type === 'map' || name in needed || name === 'wait') continue
            const value = name === 'pagesize' || name === 'page' ? undefined : sample(param, objects)
            const params = value === undefined ? { ...needed, page: '1', pagesize: '2' } : { ...needed, [name]: value }
            assert.equal(await code(command.name, params, as), '', `${name}=${value}`)
          }
          if ('listall' in command.params) {
            assert.equal(await code(command.name, { ...needed, listall: 'true', isrecursive: 'true' }, as), '')
          }
        }
      })
    }
  })
}
