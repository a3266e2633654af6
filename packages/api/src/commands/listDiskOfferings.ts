import { defineCommand } from '../define-command.ts'
import { diskOfferingResponse } from '../responses/disk-offering.ts'

export const listDiskOfferings = defineCommand({
  name: 'listDiskOfferings',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'listDiskOfferings.',
  params: {
    id: { type: 'uuid', entity: 'DiskOffering', access: 'list', description: 'Identifier of the object.' },
    name: { type: 'string', description: 'Name.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', since: '4.13', description: 'The zone.' },
    volumeid: { type: 'uuid', entity: 'Volume', access: 'list', since: '4.17', description: 'The volume.' },
    storageid: { type: 'uuid', entity: 'StoragePool', access: 'list', since: '4.17', description: 'The storage pool.' },
    encrypt: { type: 'boolean', since: '4.18', description: 'The encrypt.' },
    storagetype: { type: 'string', since: '4.19', description: 'local or shared.' },
    state: { type: 'string', since: '4.19', description: 'Only those in this state.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      since: '4.20.0',
      description: 'The virtual machine.',
    },
    projectid: { type: 'uuid', description: 'The projectid.' },
    account: { type: 'string', description: 'Account that owns the object; together with domainid.' },
    listall: { type: 'boolean', description: 'Every object the caller may see, not only its own.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Domain of the account, or the domain to look in.',
    },
    isrecursive: { type: 'boolean', description: 'With domainid or listall: objects of the domains below too.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: diskOfferingResponse,
  key: 'diskoffering',
})
