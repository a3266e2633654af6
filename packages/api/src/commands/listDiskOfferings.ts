import { defineCommand } from '../define-command.ts'
import { projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { diskOfferingResponse } from '../responses/disk-offering.ts'

export const listDiskOfferings = defineCommand({
  name: 'listDiskOfferings',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists disk offerings that the caller may use.',
  params: {
    id: { type: 'uuid', entity: 'DiskOffering', access: 'list', description: 'Only the object of this id.' },
    name: { type: 'string', description: 'Only those of this name.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', since: '4.13', description: 'Only those in this zone.' },
    volumeid: {
      type: 'uuid',
      entity: 'Volume',
      access: 'list',
      since: '4.17',
      description: 'Offerings that this volume could change to.',
    },
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'list',
      since: '4.17',
      description: 'Only offerings whose tags this pool carries.',
    },
    encrypt: {
      type: 'boolean',
      since: '4.18',
      unsupported: { reason: 'Encrypted volumes are not part of this version.', accepts: ['false'] },
      description: 'Only those that encrypt.',
    },
    storagetype: {
      type: 'string',
      values: ['shared', 'local'],
      since: '4.19',
      description: 'Only those with this kind of storage.',
    },
    state: { type: 'string', values: ['Active', 'Inactive'], since: '4.19', description: 'Active or Inactive.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      since: '4.20.0',
      description: 'Offerings that could be used with this virtual machine.',
    },
    ...projectOfList,
    account: { type: 'string', description: 'Only offerings that this account may use.' },
    listall: { type: 'boolean', description: 'Every object the caller may see, not only its own.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Only offerings of this domain and the public ones.',
    },
    isrecursive: { type: 'boolean', description: 'With domainid or listall: objects of the domains below too.' },
    ...namePaging,
  },
  response: diskOfferingResponse,
  key: 'diskoffering',
})
