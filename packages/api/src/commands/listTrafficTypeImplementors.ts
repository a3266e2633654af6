import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { trafficTypeImplementorResponse } from '../responses/traffic-type-implementor.ts'

export const listTrafficTypeImplementors = defineCommand({
  name: 'listTrafficTypeImplementors',
  kind: 'list',
  roles: ['Admin'],
  since: '3.0.0',
  description: 'Lists what carries each kind of traffic.',
  params: {
    traffictype: { type: 'string', description: 'Only the one of this kind.' },
    ...namePaging,
  },
  response: trafficTypeImplementorResponse,
  key: 'traffictypeimplementorresponse',
})
