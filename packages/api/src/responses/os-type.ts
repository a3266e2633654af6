import { defineResponse } from '../define-response.ts'

export const osTypeResponse = defineResponse({
  name: 'GuestOSResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    oscategoryid: { type: 'string', description: 'The oscategoryid.' },
    oscategoryname: { type: 'string', description: 'The oscategoryname.' },
    name: { type: 'string', description: 'The name.' },
    description: { type: 'string', description: 'The description.' },
    isuserdefined: { type: 'boolean', description: 'The isuserdefined.' },
    fordisplay: { type: 'boolean', description: 'The fordisplay.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
