import { defineCommand } from '../define-command.ts'
import { projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { domainResponse } from '../responses/domain.ts'

export const listDomains = defineCommand({
  name: 'listDomains',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '2.1.0',
  description: 'Lists the domains that the caller may see.',
  params: {
    id: { type: 'uuid', entity: 'Domain', access: 'list', description: 'Only the object of this id.' },
    level: { type: 'integer', description: 'Only domains this far below ROOT, which is 0.' },
    name: { type: 'string', description: 'Only those of this name.' },
    listall: { type: 'boolean', description: "Domains below the caller's too, without naming one." },
    details: {
      type: 'list',
      items: 'string',
      values: ['all', 'resource', 'min'],
      description: 'Groups of fields to fill: all, resource, min; all unless given.',
    },
    showicon: { type: 'boolean', description: 'Add the icon of each; there are none yet, so it changes nothing.' },
    tag: { type: 'string', since: '4.20.0', description: 'Only those with this resource tag.' },
    tags: {
      type: 'map',
      fields: { key: true, value: true },
      description:
        'Only objects with these tags, as tags[0].key and tags[0].value; no object carries a tag yet, so the answer is empty.',
    },
    ...projectOfList,
    account: { type: 'string', description: 'Only domains that hold an account of this name.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Only this domain and with isrecursive those below.',
    },
    isrecursive: { type: 'boolean', description: 'With domainid or listall: objects of the domains below too.' },
    ...namePaging,
  },
  response: domainResponse,
  key: 'domain',
})
