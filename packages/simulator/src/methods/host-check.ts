import { readingMethod } from '../host-method.ts'

export const hostCheck = readingMethod('host.check', (context, { names }) => ({
  checks: context.control.check(names),
  clock: context.runtime.now(),
}))
