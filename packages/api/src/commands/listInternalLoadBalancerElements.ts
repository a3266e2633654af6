import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { internalLoadBalancerElementResponse } from '../responses/internal-load-balancer-element.ts'

export const listInternalLoadBalancerElements = defineCommand({
  name: 'listInternalLoadBalancerElements',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '4.2.0',
  description: 'Lists the switches of the provider InternalLbVm. Nothing balances load in this version.',
  params: {
    id: {
      type: 'uuid',
      entity: 'InternalLoadBalancerElement',
      access: 'list',
      description: 'Only the object of this id.',
    },
    nspid: {
      type: 'uuid',
      entity: 'NetworkServiceProvider',
      access: 'list',
      description: 'Only the one of this provider.',
    },
    enabled: { type: 'boolean', description: 'Only enabled ones, or only others.' },
    ...namePaging,
  },
  response: internalLoadBalancerElementResponse,
  key: 'internalloadbalancerelement',
})
