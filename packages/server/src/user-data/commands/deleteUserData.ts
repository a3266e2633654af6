import { deleteUserData } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { removeUserData, templateOfUserData } from '../user-data.repository.ts'

export const handler = defineHandler(deleteUserData, {
  async change({ tx, caller, input, entities }) {
    const { id: row } = entities
    const owner = await resolveOwner(tx, caller, input.account, entities.domainid, { anyState: true })
    if (input.account !== undefined && owner.accountId !== row.account_id) {
      throw apiFailure('api.parameter', `User data ${row.name} does not belong to account ${input.account}`)
    }
    const link = await templateOfUserData(tx, row.id)
    if (link !== undefined) {
      throw apiFailure('api.in-use', `Template ${link.name} is linked to user data ${row.name}`, {
        fix: 'Unlink it: linkUserDataToTemplate without userdataid.',
        entities: [{ uuid: link.uuid, description: 'template' }],
      })
    }
    await removeUserData(tx, row.id)
  },
  eventText: ({ entities }) => `deleting userdata ${entities.id.name}`,
})
