import { defineResponse } from '../define-response.ts'

export const networkAclResponse = defineResponse({
  name: 'NetworkACLItemResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    protocol: { type: 'string', description: 'Protocol.' },
    traffictype: { type: 'string', description: 'Ingress or Egress.' },
    state: { type: 'string', description: 'State.' },
    aclid: { type: 'string', description: 'Id of the list.' },
    number: { type: 'integer', description: 'Position in the list.' },
    action: { type: 'string', description: 'Allow or Deny.' },
  },
})
