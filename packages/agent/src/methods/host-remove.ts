import { readingMethod } from '../journal/host-method.ts'

export const hostRemove = readingMethod('host.remove', async (context, { forget }) => {
  context.control.leave(forget)
  return {}
})
