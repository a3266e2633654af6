import { mutatingMethod } from '../journal/host-method.ts'
import { driverOf } from '../storage/drivers.ts'

export const poolAttach = mutatingMethod('pool.attach', {
  async run(context, { pool, create, access }) {
    // Two attempts at once must not mount twice.
    const { notice } = await context.guests(`pool:${pool.uuid}`, () =>
      driverOf(pool).attach(context, pool, { create, access: access ?? {} }),
    )
    context.pools.remember(pool)
    if (notice !== undefined) context.log.warn({ pool: pool.uuid, path: pool.path }, notice)
    return { ...(await context.pools.space(pool)), ...(notice === undefined ? {} : { notice }) }
  },
  async probe(context, { pool }) {
    const known = context.pools.attached().some((one) => one.uuid === pool.uuid && one.path === pool.path)
    return known ? { effect: 'done', result: await context.pools.space(pool) } : { effect: 'absent' }
  },
})
