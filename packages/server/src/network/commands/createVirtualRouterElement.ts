import { createVirtualRouterElement } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireElementOf } from '../network-provider.repository.ts'
import { elementView } from '../network-provider.view.ts'

export const handler = defineHandler(createVirtualRouterElement, {
  eventText: ({ entities }) => `creating the element of ${entities.nspid.provider_name}`,
  async change({ tx, entities }) {
    await requireElementOf(tx, entities.nspid, 'router')
    return await elementView(tx, entities.nspid.id)
  },
})
