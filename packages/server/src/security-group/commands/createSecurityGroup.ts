import { createSecurityGroup } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { insertGroup, noteGroupChange } from '../security-group.repository.ts'
import { groupViews } from '../security-group.view.ts'

export const handler = defineHandler(createSecurityGroup, {
  async change({ tx, ctx, caller, input, entities }) {
    if (input.name.trim() === '') throw apiFailure('api.parameter', 'name is empty')
    const owner = await resolveOwner(tx, caller, input.account, entities.domainid)
    const group = await insertGroup(tx, ctx, owner, input.name, input.description ?? null)
    await noteGroupChange(tx, ctx, group, 'security-group.create')
    return (await groupViews(tx, [group]))[0] ?? {}
  },
  eventText: ({ input }) => `creating security group ${input.name}`,
})
