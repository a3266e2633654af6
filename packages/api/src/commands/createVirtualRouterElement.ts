import { defineCommand } from '../define-command.ts'
import { virtualRouterElementResponse } from '../responses/virtual-router-element.ts'

export const createVirtualRouterElement = defineCommand({
  name: 'createVirtualRouterElement',
  kind: 'create',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'NETWORK.ELEMENT.CONFIGURE',
  since: '2.1.0',
  description: 'Answers the element of a virtual router provider, which has one from the start.',
  params: {
    nspid: {
      type: 'uuid',
      entity: 'NetworkServiceProvider',
      access: 'operate',
      required: true,
      description: 'Provider VirtualRouter or VpcVirtualRouter.',
    },
    providertype: {
      type: 'uuid',
      unsupported: { reason: 'The kind follows from the provider.' },
      description: 'Kind of router.',
    },
  },
  response: virtualRouterElementResponse,
  key: 'virtualrouterelement',
})
