import { mutatingMethod } from '../journal/host-method.ts'
import { installedTemplate, installTemplate } from '../storage/templates.ts'

export const templateInstall = mutatingMethod('template.install', {
  async run(context, { pool, template }, job) {
    return { ...(await installTemplate(context, pool, template, job)) }
  },
  async probe(context, { pool, template }) {
    const present = await context.pools.use(pool, () => installedTemplate(context, pool, template))
    return present === undefined ? { effect: 'absent' } : { effect: 'done', result: { ...present } }
  },
})
