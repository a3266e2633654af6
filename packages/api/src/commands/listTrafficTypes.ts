import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { trafficTypeResponse } from '../responses/traffic-type.ts'

export const listTrafficTypes = defineCommand({
  name: 'listTrafficTypes',
  kind: 'list',
  roles: ['Admin'],
  since: '3.0.0',
  description: 'Lists the kinds of traffic that a physical network carries.',
  params: {
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'list',
      required: true,
      description: 'The physical network.',
    },
    ...namePaging,
  },
  response: trafficTypeResponse,
  key: 'traffictype',
})
