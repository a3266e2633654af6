import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { zoneResponse } from '../responses/zone.ts'

export const listZones = defineCommand({
  name: 'listZones',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists zones; users see the enabled ones.',
  params: {
    id: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only the object of this id.' },
    ids: {
      type: 'list',
      items: 'uuid',
      entity: 'Zone',
      access: 'list',
      since: '4.19.0',
      description: 'Only the objects of these ids, separated by commas; not together with id.',
    },
    available: {
      type: 'boolean',
      description: 'True: only zones the caller may deploy in; false: also those with its virtual machines.',
    },
    domainid: { type: 'uuid', entity: 'Domain', access: 'list', description: 'Only zones that this domain may use.' },
    name: { type: 'string', description: 'Only those of this name.' },
    networktype: { type: 'string', values: ['Basic', 'Advanced'], description: 'Only zones of this type.' },
    showcapacities: { type: 'boolean', description: 'Add the capacity figures of each.' },
    tags: {
      type: 'map',
      fields: { key: true, value: true },
      since: '4.3',
      description:
        'Only objects with these tags, as tags[0].key and tags[0].value; no object carries a tag yet, so the answer is empty.',
    },
    showicon: { type: 'boolean', description: 'Add the icon of each; there are none yet, so it changes nothing.' },
    storageaccessgroup: {
      type: 'string',
      since: '4.21.0',
      unsupported: { reason: 'Storage access groups come with storage in production form.' },
      description: 'Only those of this storage access group.',
    },
    ...namePaging,
  },
  response: zoneResponse,
  key: 'zone',
})
