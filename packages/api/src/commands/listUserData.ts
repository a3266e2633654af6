import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { userDataResponse } from '../responses/user-data.ts'

export const listUserData = defineCommand({
  name: 'listUserData',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.18',
  description: 'Lists registered user data.',
  params: {
    id: { type: 'uuid', entity: 'UserData', access: 'list', description: 'Only the object of this id.' },
    name: { type: 'string', description: 'Only those of this name.' },
    ...projectOfList,
    ...listOwnership,
    ...namePaging,
  },
  response: userDataResponse,
  key: 'userdata',
})
