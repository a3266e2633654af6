import { createInstanceGroup } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { findInstanceGroup, insertInstanceGroup, requireFreeGroupName } from '../instance-group.repository.ts'
import { instanceGroupViews } from '../instance-group.view.ts'

export const handler = defineHandler(createInstanceGroup, {
  async change({ tx, ctx, caller, input, entities }) {
    const owner = await resolveOwner(tx, caller, input.account, entities.domainid)
    if (input.name.trim() === '') throw apiFailure('api.parameter', 'name of an instance group is not empty')
    await requireFreeGroupName(tx, owner.accountId, input.name)
    const group = await findInstanceGroup(tx, await insertInstanceGroup(tx, ctx, owner, input.name))
    return (await instanceGroupViews(tx, group ? [group] : []))[0] ?? {}
  },
  eventText: ({ input }) => `creating instance group ${input.name}`,
})
