import { defineResponse } from '../define-response.ts'

export const evidenceResponse = defineResponse({
  name: 'EvidenceResponse',
  fields: {
    id: { type: 'long', description: 'Sequence number.' },
    time: { type: 'date', description: 'When it moved.' },
    resourcetype: { type: 'string', description: 'Type of the object.' },
    resourceid: { type: 'string', description: 'Id of the object.' },
    resourcename: { type: 'string', description: 'Name of the object.' },
    from: { type: 'string', description: 'State before.' },
    event: { type: 'string', description: 'Event of the state table that moved it.' },
    to: { type: 'string', description: 'State after.' },
    cause: { type: 'string', description: 'Why it moved.' },
    fix: { type: 'string', description: 'What to do about it.' },
    evidence: { type: 'map', description: 'What was seen.' },
  },
})
