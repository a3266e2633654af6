import { defineResponse } from '../define-response.ts'
import { hostFields } from './host-fields.ts'

export const hostResponse = defineResponse({
  name: 'HostResponse',
  fields: {
    ...hostFields,
    statecause: { type: 'string', since: '0.1.0', extension: true, description: 'Why the host is not Up.' },
    statefix: { type: 'string', since: '0.1.0', extension: true, description: 'What to do to bring it back Up.' },
    notes: {
      type: 'list',
      since: '0.2.0',
      extension: true,
      description: 'What addHost did beyond the agent and what it saw; in its answer only.',
    },
  },
})
