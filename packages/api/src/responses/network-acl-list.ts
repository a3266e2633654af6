import { defineResponse } from '../define-response.ts'

export const networkAclListResponse = defineResponse({
  name: 'NetworkACLResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    description: { type: 'string', description: 'Text shown to people.' },
    vpcid: { type: 'string', description: 'Id of the VPC.' },
  },
})
