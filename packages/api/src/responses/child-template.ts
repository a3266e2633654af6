import { defineResponse } from '../define-response.ts'

export const childTemplateResponse = defineResponse({
  name: 'ChildTemplateResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    name: { type: 'string', description: 'The name.' },
    size: { type: 'integer', description: 'The size.' },
    templatetype: { type: 'string', description: 'The templatetype.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
