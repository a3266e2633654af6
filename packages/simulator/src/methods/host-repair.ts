import { findRepair, hostRefusal } from '@altostack/agent-api'
import { checkFailure } from '@altostack/core'
import { readingMethod } from '../host-method.ts'

/** Nothing is wrong with a simulated host: every plan is empty. */
export const hostRepair = readingMethod('host.repair', (_context, { name, state }) => {
  const repair = findRepair(name)
  if (repair === undefined || repair.sshOnly === true) {
    throw hostRefusal(checkFailure('repair.none', `Repair ${name} is none that an agent makes`))
  }
  return { state, changes: [] }
})
