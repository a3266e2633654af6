import { mutatingMethod } from '../journal/host-method.ts'
import { driverOf } from '../storage/drivers.ts'

export const poolAttach = mutatingMethod('pool.attach', {
  async run(context, { pool, create }) {
    await driverOf(pool).attach(context, pool, create)
    context.pools.remember(pool)
    return await context.pools.space(pool)
  },
  async probe(context, { pool }) {
    const known = context.pools.attached().some((one) => one.uuid === pool.uuid && one.path === pool.path)
    return known ? { effect: 'done', result: await context.pools.space(pool) } : { effect: 'absent' }
  },
})
