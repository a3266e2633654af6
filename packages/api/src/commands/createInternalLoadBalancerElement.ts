import { defineCommand } from '../define-command.ts'
import { internalLoadBalancerElementResponse } from '../responses/internal-load-balancer-element.ts'

export const createInternalLoadBalancerElement = defineCommand({
  name: 'createInternalLoadBalancerElement',
  kind: 'create',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'NETWORK.ELEMENT.CONFIGURE',
  since: '4.2.0',
  description: 'Answers the element of an internal load balancer provider, which has one from the start.',
  params: {
    nspid: {
      type: 'uuid',
      entity: 'NetworkServiceProvider',
      access: 'operate',
      required: true,
      description: 'Provider InternalLbVm.',
    },
  },
  response: internalLoadBalancerElementResponse,
  key: 'internalloadbalancerelement',
})
