import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { mutatingMethod } from '../journal/host-method.ts'
import { driverOf } from '../storage/drivers.ts'
import { userOf } from '../storage/volumes.ts'

export const poolDetach = mutatingMethod('pool.detach', {
  async run(context, { pool, release }) {
    const user = await userOf(context, `${pool.path.replace(/\/$/, '')}/`)
    if (user !== undefined) {
      throw hostRefusal(agentFailure('volume.in-use', 'A guest of the host uses the pool', { seen: `guest ${user}` }))
    }
    await driverOf(pool).detach(context, pool, release === true)
    context.pools.forget(pool.uuid)
    return {}
  },
  async probe(context, { pool }) {
    const known = context.pools.attached().some((one) => one.uuid === pool.uuid)
    return known ? { effect: 'absent' } : { effect: 'done', result: {} }
  },
})
