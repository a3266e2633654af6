import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import { pruneJobsDuty } from './prune-jobs.duty.ts'

describe('old jobs', () => {
  after(stopTestDatabases)

  for (const database of databaseKinds) {
    test(`runs that ended long ago are forgotten, others stay (${database})`, {
      skip: databaseMissing(database) ?? false,
    }, async () => {
      const server = await startTestServer({ database })
      const { ctx } = server
      try {
        const now = ctx.runtime.now()
        const run = (id: string, status: 'succeeded' | 'failed' | 'running', updated: number) => ({
          ...{ id, status, updated, name: 'none', input: '{}', owner: 'nobody', epoch: 1, created: 1 },
          ...{ cancel_requested: 0, attempts: 0, saves: 1 },
        })
        const many = Array.from({ length: 450 }, (_, index) => run(`old-${index}`, 'succeeded', 1))
        const kept = [run('fresh', 'failed', now), run('at-work', 'running', 1)]
        await ctx.db
          .insertInto('workflow_run')
          .values([...many, ...kept])
          .execute()
        await pruneJobsDuty.run(ctx)
        const left = await ctx.db.selectFrom('workflow_run').select('id').orderBy('id').execute()
        assert.deepEqual(
          left.map(({ id }) => id),
          ['at-work', 'fresh'],
        )
      } finally {
        await server.stop()
      }
    })
  }
})
