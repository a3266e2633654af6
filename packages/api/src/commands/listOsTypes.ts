import { defineCommand } from '../define-command.ts'
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
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: osTypeResponse,
  key: 'ostype',
})
