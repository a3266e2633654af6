import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { vmSnapshotResponse } from '../responses/vm-snapshot.ts'

export const listVMSnapshot = defineCommand({
  name: 'listVMSnapshot',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.2.0',
  description: 'Lists snapshots of virtual machines.',
  params: {
    vmsnapshotid: { type: 'uuid', entity: 'VMSnapshot', access: 'list', description: 'Only the object of this id.' },
    vmsnapshotids: {
      type: 'list',
      items: 'uuid',
      entity: 'VMSnapshot',
      access: 'list',
      since: '4.9',
      description: 'Only the objects of these ids, separated by commas.',
    },
    state: { type: 'string', description: 'Only those in this state, e.g. Ready.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      description: 'Only those of this virtual machine.',
    },
    name: { type: 'string', description: 'Only those of this name.' },
    tags: {
      type: 'map',
      description: 'Only objects with one of these tags, as tags[0].key and tags[0].value.',
    },
    ...projectOfObject,
    account: { type: 'string', description: 'Only objects of this account; given together with domainid.' },
    listall: { type: 'boolean', description: 'Also those of other accounts that the caller may see.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'list', description: 'Only objects of this domain.' },
    isrecursive: { type: 'boolean', description: 'With domainid or listall: also of the domains below.' },
    keyword: { type: 'string', description: 'Only those whose name contains this.' },
    page: { type: 'integer', description: 'Page, from 1; given together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page.' },
  },
  response: vmSnapshotResponse,
  key: 'vmSnapshot',
})
