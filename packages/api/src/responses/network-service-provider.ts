import { defineResponse } from '../define-response.ts'

export const networkServiceProviderResponse = defineResponse({
  name: 'ProviderResponse',
  fields: {
    name: { type: 'string', description: 'Name.' },
    physicalnetworkid: { type: 'string', description: 'Id of the physical network.' },
    destinationphysicalnetworkid: { type: 'string', description: 'Physical network it connects to.' },
    state: { type: 'string', description: 'State.' },
    id: { type: 'string', description: 'Id.' },
    servicelist: { type: 'list', description: 'Services it gives.' },
    canenableindividualservice: { type: 'boolean', description: 'Whether services can be switched on one by one.' },
  },
})
