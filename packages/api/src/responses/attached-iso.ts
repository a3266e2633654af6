import { defineResponse } from '../define-response.ts'

export const attachedIsoResponse = defineResponse({
  name: 'AttachedIsoResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    name: { type: 'string', description: 'The name.' },
    displaytext: { type: 'string', description: 'The displaytext.' },
    deviceseq: { type: 'integer', description: 'The deviceseq.' },
    bootable: { type: 'boolean', description: 'The bootable.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
