import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'

export const deleteUserData = defineCommand({
  name: 'deleteUserData',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'REGISTER.USER.DATA',
  since: '4.18',
  description: 'Deletes registered user data that no template is linked to. Virtual machines keep what they have.',
  params: {
    id: {
      type: 'uuid',
      entity: 'UserData',
      access: 'operate',
      required: true,
      description: 'The user data.',
    },
    account: { type: 'string', description: 'Account that owns it; with domainid. The caller unless given.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    ...projectOfObject,
  },
  response: 'success',
})
