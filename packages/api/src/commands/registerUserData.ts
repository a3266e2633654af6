import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { userDataResponse } from '../responses/user-data.ts'

export const registerUserData = defineCommand({
  name: 'registerUserData',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'REGISTER.USER.DATA',
  since: '4.18',
  description: 'Registers user data under a name.',
  params: {
    name: { type: 'string', required: true, description: 'Name, unique in the account.' },
    userdata: {
      type: 'string',
      required: true,
      maxLength: 1_500_000,
      description: 'Base64 data; at most vm.userdata.max.length bytes.',
    },
    params: {
      type: 'string',
      maxLength: 4096,
      description: 'Names of the variables in it, separated by commas: {{ name }} or $name is replaced at deploy.',
    },
    account: { type: 'string', description: 'Account that owns it; with domainid. The caller unless given.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    ...projectOfObject,
  },
  response: userDataResponse,
  key: 'userdata',
})
