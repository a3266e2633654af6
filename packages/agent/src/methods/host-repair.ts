import { actRepair, findRepair, hostRefusal, planRepair } from '@altostack/agent-api'
import { checkFailure } from '@altostack/core'
import { programs } from '../checks/index.ts'
import { ownSubject } from '../checks/own-subject.ts'
import { readingMethod } from '../journal/host-method.ts'

/** Repeatable: a repair works from the state that was read before it, and the server keeps that. */
export const hostRepair = readingMethod('host.repair', async (context, { name, act, state, subject }) => {
  const repair = findRepair(name)
  if (repair === undefined || repair.sshOnly === true) {
    throw hostRefusal(checkFailure('repair.none', `Repair ${name} is none that an agent makes`))
  }
  const own = ownSubject(context, subject)
  const run = programs(context)
  if (act === 'plan') {
    const plan = await planRepair(repair, own, run)
    return { state: plan.state, changes: plan.changes.map((change) => ({ ...change })) }
  }
  context.log.warn({ repair: name, act }, 'a repair that the server asked for')
  await actRepair(repair, act, state, own, run)
  return { state, changes: repair.plan(state, own).map((change) => ({ ...change })) }
})
