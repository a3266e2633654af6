import { readingMethod } from '../journal/host-method.ts'

export const hostCheck = readingMethod('host.check', async (context, { names, subject }) => ({
  checks: await context.control.check(names, subject),
  clock: context.runtime.now(),
}))
