import { defineResponse } from '../define-response.ts'

export const taggedResourceLimitAndCountResponse = defineResponse({
  name: 'TaggedResourceLimitAndCountResponse',
  fields: {
    resourcetype: { type: 'integer', description: 'The resourcetype.' },
    resourcetypename: { type: 'string', description: 'The resourcetypename.' },
    tag: { type: 'string', description: 'The tag.' },
    limit: { type: 'long', description: 'The limit.' },
    total: { type: 'long', description: 'The total.' },
    available: { type: 'long', description: 'The available.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
