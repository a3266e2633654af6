import { acknowledge } from '../acknowledge.ts'
import { readingMethod } from '../host-method.ts'

export const journalAcknowledge = readingMethod('journal.acknowledge', (context, { keys }) => {
  acknowledge(context.disk, keys)
  return {}
})
