import { defineCommand } from '../define-command.ts'
import { virtualRouterElementResponse } from '../responses/virtual-router-element.ts'

export const configureVirtualRouterElement = defineCommand({
  name: 'configureVirtualRouterElement',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'NETWORK.ELEMENT.CONFIGURE',
  since: '2.1.0',
  description: 'Sets the switch of a virtual router provider. It is kept and answered.',
  params: {
    id: { type: 'uuid', entity: 'VirtualRouterElement', access: 'operate', required: true, description: 'Element.' },
    enabled: { type: 'boolean', required: true, description: 'Whether it is on.' },
  },
  response: virtualRouterElementResponse,
  key: 'virtualrouterelement',
})
