import { defineResponse } from '../define-response.ts'

export const nicSecondaryIpResponse = defineResponse({
  name: 'NicSecondaryIpResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    ipaddress: { type: 'string', description: 'Address.' },
    nicid: { type: 'string', description: 'Id of the NIC.' },
    networkid: { type: 'string', description: 'Id of the network.' },
    virtualmachineid: { type: 'string', description: 'Id of the virtual machine.' },
    description: { type: 'string', description: 'Text shown to people.' },
  },
})
