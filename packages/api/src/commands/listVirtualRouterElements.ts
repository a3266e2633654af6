import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { virtualRouterElementResponse } from '../responses/virtual-router-element.ts'

export const listVirtualRouterElements = defineCommand({
  name: 'listVirtualRouterElements',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '2.1.0',
  description:
    'Lists the switches of the providers VirtualRouter and VpcVirtualRouter. No router is started: hosts do its work.',
  params: {
    id: { type: 'uuid', entity: 'VirtualRouterElement', access: 'list', description: 'Only the object of this id.' },
    nspid: {
      type: 'uuid',
      entity: 'NetworkServiceProvider',
      access: 'list',
      description: 'Only the one of this provider.',
    },
    enabled: { type: 'boolean', description: 'Only enabled ones, or only others.' },
    ...namePaging,
  },
  response: virtualRouterElementResponse,
  key: 'virtualrouterelement',
})
