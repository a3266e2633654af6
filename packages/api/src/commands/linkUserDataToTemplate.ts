import { defineCommand } from '../define-command.ts'
import { templateResponse } from '../responses/template.ts'

export const linkUserDataToTemplate = defineCommand({
  name: 'linkUserDataToTemplate',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'TEMPLATE.UPDATE',
  since: '4.18.0',
  description: 'Links registered user data to a template, or unlinks it when none is named.',
  params: {
    templateid: {
      type: 'uuid',
      entity: 'Template',
      access: 'operate',
      required: true,
      description: 'The template.',
    },
    isoid: {
      type: 'uuid',
      unsupported: { reason: 'User data of ISOs is not part of this version.' },
      description: 'The ISO.',
    },
    userdataid: {
      type: 'uuid',
      entity: 'UserData',
      access: 'use',
      description: 'The user data; none: the link is removed.',
    },
    userdatapolicy: {
      type: 'string',
      values: ['ALLOWOVERRIDE', 'APPEND', 'DENYOVERRIDE'],
      description:
        'What a deploy with user data of its own does: replace, append or refuse. ALLOWOVERRIDE unless given.',
    },
  },
  response: templateResponse,
  key: 'template',
})
