import { defineResponse } from '../define-response.ts'

export const evidenceResponse = defineResponse({
  name: 'EvidenceResponse',
  fields: {
    id: { type: 'long', description: 'The id.' },
    time: { type: 'date', description: 'The time.' },
    resourcetype: { type: 'string', description: 'The resourcetype.' },
    resourceid: { type: 'string', description: 'The resourceid.' },
    resourcename: { type: 'string', description: 'The resourcename.' },
    from: { type: 'string', description: 'The from.' },
    event: { type: 'string', description: 'The event.' },
    to: { type: 'string', description: 'The to.' },
    cause: { type: 'string', description: 'The cause.' },
    fix: { type: 'string', description: 'The fix.' },
    evidence: { type: 'map', description: 'The evidence.' },
  },
})
