import { defineCommand } from '../define-command.ts'
import { internalLoadBalancerElementResponse } from '../responses/internal-load-balancer-element.ts'

export const configureInternalLoadBalancerElement = defineCommand({
  name: 'configureInternalLoadBalancerElement',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'NETWORK.ELEMENT.CONFIGURE',
  since: '4.2.0',
  description: 'Sets the switch of an internal load balancer provider. It is kept and answered.',
  params: {
    id: {
      type: 'uuid',
      entity: 'InternalLoadBalancerElement',
      access: 'operate',
      required: true,
      description: 'Element.',
    },
    enabled: { type: 'boolean', required: true, description: 'Whether it is on.' },
  },
  response: internalLoadBalancerElementResponse,
  key: 'internalloadbalancerelement',
})
