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
        const tried: Promise<readonly [string, string]>[] = []
        for (const as of [server.admin, user]) {
          const needed = requiredParams(command, objects, as === user ? 'User' : 'Admin')
          const attempt = (params: Readonly<Record<string, string>>): void => {
            tried.push(code(command.name, { ...needed, ...params }, as).then((text) => [JSON.stringify(params), text]))
          }
          attempt({})
          for (const [name, param] of Object.entries(command.params)) {
            if (param.unsupported || param.type === 'map' || name in needed || name === 'wait') continue
            attempt(
              name === 'pagesize' || name === 'page'
                ? { page: '1', pagesize: '2' }
                : { [name]: sample(param, objects) },
            )
          }
          if ('listall' in command.params) attempt({ listall: 'true', isrecursive: 'true' })
        }
        assert.deepEqual(
          (await Promise.all(tried)).filter(([, text]) => text !== ''),
          [],
        )
      })
    }
  })
}
