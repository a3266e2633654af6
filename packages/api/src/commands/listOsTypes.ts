import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { osTypeResponse } from '../responses/os-type.ts'

export const listOsTypes = defineCommand({
  name: 'listOsTypes',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists operating system types.',
  params: {
    id: { type: 'uuid', entity: 'OsType', access: 'list', description: 'Only the object of this id.' },
    ids: {
      type: 'list',
      items: 'uuid',
      entity: 'OsType',
      access: 'list',
      since: '4.22.1',
      description: 'Only the objects of these ids, separated by commas; not together with id.',
    },
    oscategoryid: { type: 'uuid', description: 'Only those of this operating system category.' },
    description: { type: 'string', since: '3.0.1', description: 'Only the type of this name.' },
    fordisplay: {
      type: 'boolean',
      since: '4.18.1',
      description: 'Only those that are, or are not, shown to their owner.',
    },
    ...namePaging,
  },
  response: osTypeResponse,
  key: 'ostype',
})
