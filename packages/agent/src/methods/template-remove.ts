import { mutatingMethod } from '../journal/host-method.ts'
import { removeTemplate } from '../storage/templates.ts'
import { statVolume } from '../storage/volumes.ts'

export const templateRemove = mutatingMethod('template.remove', {
  async run(context, { pool, templateUuid }) {
    await removeTemplate(context, pool, templateUuid)
    return {}
  },
  async probe(context, { pool, templateUuid }) {
    const present = await context.pools.use(pool, () => statVolume(context, pool, templateUuid))
    return present === undefined ? { effect: 'done', result: {} } : { effect: 'absent' }
  },
})
