import { collectParts } from '@altostack/agent-api'
import { programs } from '../checks/index.ts'
import { ownSubject } from '../checks/own-subject.ts'
import { readingMethod } from '../journal/host-method.ts'

export const hostCollect = readingMethod('host.collect', async (context, { subject }) => ({
  parts: await collectParts(ownSubject(context, subject), programs(context)),
}))
