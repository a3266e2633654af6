import { defineCommand } from '../define-command.ts'
import { zoneResponse } from '../responses/zone.ts'

export const listZones = defineCommand({
  name: 'listZones',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'listZones.',
  params: {
    id: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Identifier of the object.' },
    ids: {
      type: 'list',
      items: 'uuid',
      entity: 'Zone',
      access: 'list',
      since: '4.19.0',
      description: 'Several identifiers, separated by commas; not together with id.',
    },
    available: { type: 'boolean', description: 'The available.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Domain of the account, or the domain to look in.',
    },
    name: { type: 'string', description: 'Name.' },
    networktype: { type: 'string', description: 'Basic or Advanced.' },
    showcapacities: { type: 'boolean', description: 'Add the capacity figures of each.' },
    tags: {
      type: 'map',
      since: '4.3',
      description: 'Only objects with these tags, as tags[0].key and tags[0].value; none carries a tag yet.',
    },
    showicon: { type: 'boolean', description: 'Add the icon of each; there are none yet, so it changes nothing.' },
    storageaccessgroup: { type: 'string', since: '4.21.0', description: 'The storageaccessgroup.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: zoneResponse,
  key: 'zone',
})
