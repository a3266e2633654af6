import { updateInstanceGroup } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { findInstanceGroup, renameInstanceGroup, requireFreeGroupName } from '../instance-group.repository.ts'
import { instanceGroupViews } from '../instance-group.view.ts'

export const handler = defineHandler(updateInstanceGroup, {
  async change({ tx, input, entities }) {
    const { id: group } = entities
    if (input.name !== undefined) {
      if (input.name.trim() === '') throw apiFailure('api.parameter', 'name of an instance group is not empty')
      await requireFreeGroupName(tx, group.account_id, input.name, group.id)
      await renameInstanceGroup(tx, group, input.name)
    }
    const renamed = await findInstanceGroup(tx, group.id)
    return (await instanceGroupViews(tx, renamed ? [renamed] : []))[0] ?? {}
  },
  eventText: ({ entities }) => `updating instance group ${entities.id.name}`,
})
