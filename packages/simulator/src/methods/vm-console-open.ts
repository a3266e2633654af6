import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { readingMethod } from '../host-method.ts'

export const vmConsoleOpen = readingMethod('vm.console.open', (_context, { kind }) => {
  throw hostRefusal(
    agentFailure('vm.console', 'A simulated guest has no screen and no serial line', {
      seen: `kind ${kind}, simulated host`,
      fix: 'Use a real host: ./alto up, or ./alto lab up.',
    }),
  )
})
