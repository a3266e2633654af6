import { defineResponse } from '../define-response.ts'

export const networkServiceProviderResponse = defineResponse({
  name: 'ProviderResponse',
  fields: {
    name: { type: 'string', description: 'The name.' },
    physicalnetworkid: { type: 'string', description: 'The physicalnetworkid.' },
    destinationphysicalnetworkid: { type: 'string', description: 'The destinationphysicalnetworkid.' },
    state: { type: 'string', description: 'The state.' },
    id: { type: 'string', description: 'The id.' },
    servicelist: { type: 'list', description: 'The servicelist.' },
    canenableindividualservice: { type: 'boolean', description: 'The canenableindividualservice.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
