import { defineResponse } from '../define-response.ts'

export const ipRangeResponse = defineResponse({
  name: 'IpRangeResponse',
  fields: {
    gateway: { type: 'string', description: 'Gateway.' },
    cidr: { type: 'string', description: 'Network in CIDR form.' },
    startip: { type: 'string', description: 'First address.' },
    endip: { type: 'string', description: 'Last address.' },
    forsystemvms: { type: 'string', description: 'Whether it is for system virtual machines.' },
    vlanid: { type: 'string', description: 'VLAN.' },
  },
})
