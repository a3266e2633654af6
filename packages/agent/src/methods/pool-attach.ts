import { mkdir } from 'node:fs/promises'
import { mutatingMethod } from '../journal/host-method.ts'
import { claimPool } from '../storage/pool-files.ts'

export const poolAttach = mutatingMethod('pool.attach', {
  async run(context, { pool, create }) {
    if (create) await mkdir(pool.path, { mode: 0o755, recursive: true })
    await context.pools.claim(pool, () => claimPool(pool, create, context.identity().hostUuid))
    context.pools.remember(pool)
    return await context.pools.space(pool)
  },
  async probe(context, { pool }) {
    const known = context.pools.attached().some((one) => one.uuid === pool.uuid && one.path === pool.path)
    return known ? { effect: 'done', result: await context.pools.space(pool) } : { effect: 'absent' }
  },
})
