import { readingMethod } from '../journal/host-method.ts'

export const hostCheck = readingMethod('host.check', async (context, { names }) => ({
  checks: await context.control.check(names),
}))
