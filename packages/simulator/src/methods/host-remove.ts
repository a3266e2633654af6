import { readingMethod } from '../host-method.ts'

export const hostRemove = readingMethod('host.remove', (context, { forget }) => {
  context.control.leave(forget)
  return {}
})
