import { defineResponse } from '../define-response.ts'

export const nicSecondaryIpResponse = defineResponse({
  name: 'NicSecondaryIpResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    secondaryip: { type: 'list', description: 'The secondaryip.' },
    ipaddress: { type: 'string', description: 'The ipaddress.' },
    nicid: { type: 'string', description: 'The nicid.' },
    networkid: { type: 'string', description: 'The networkid.' },
    virtualmachineid: { type: 'string', description: 'The virtualmachineid.' },
    description: { type: 'string', description: 'The description.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
