import { configureInternalLoadBalancerElement } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireElement, setElement } from '../network-provider.repository.ts'
import { elementView } from '../network-provider.view.ts'

export const handler = defineHandler(configureInternalLoadBalancerElement, {
  eventText: ({ entities }) => `configuring element ${entities.id.type}`,
  async change({ tx, input, entities }) {
    requireElement(entities.id, 'balancer')
    await setElement(tx, entities.id.id, input.enabled)
    return await elementView(tx, entities.id.nsp_id)
  },
})
