import { readingMethod } from '../journal/host-method.ts'

export const journalAcknowledge = readingMethod('journal.acknowledge', async (context, { keys }) => {
  context.journal.acknowledge(keys)
  return {}
})
