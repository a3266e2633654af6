import { updateSecurityGroup } from '@altostack/api'
import { apiFailure, infrastructureFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireFreeUuid } from '../../domain/index.ts'
import { defaultGroupName, findGroupByName, updateGroup } from '../security-group.repository.ts'
import { groupViews } from '../security-group.view.ts'

export const handler = defineHandler(updateSecurityGroup, {
  async change({ tx, input, entities }) {
    const { id: group } = entities
    const name = input.name ?? group.name
    if (name !== group.name) {
      if (name.trim() === '') throw apiFailure('api.parameter', 'name is empty')
      if (group.name === defaultGroupName || name === defaultGroupName) {
        throw apiFailure('api.parameter', 'The default security group keeps its name, and no other has it')
      }
      if ((await findGroupByName(tx, group.account_id, name)) !== undefined) {
        throw infrastructureFailure('infrastructure.name-taken', `The account has a security group ${name} already`)
      }
    }
    const uuid =
      input.customid === undefined || input.customid === group.uuid
        ? group.uuid
        : await requireFreeUuid(tx, 'security_group', 'customid', input.customid)
    await updateGroup(tx, group.id, { name, uuid })
    return (await groupViews(tx, [{ ...group, name, uuid }]))[0] ?? {}
  },
  eventText: ({ entities }) => `updating security group ${entities.id.name}`,
})
