import { defineResponse } from '../define-response.ts'
import { tagResponse } from './tag.ts'

export const vmSnapshotResponse = defineResponse({
  name: 'VMSnapshotResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Internal name.' },
    state: { type: 'string', description: 'State.' },
    description: { type: 'string', description: 'Description.' },
    displayname: { type: 'string', description: 'Name shown to people.' },
    zoneid: { type: 'string', description: 'Id of the zone.' },
    zonename: { type: 'string', since: '4.15.1', description: 'Name of the zone.' },
    virtualmachineid: { type: 'string', description: 'Id of the virtual machine.' },
    virtualmachinename: { type: 'string', since: '4.15.1', description: 'Name of the virtual machine.' },
    parent: { type: 'string', description: 'Id of the snapshot before it.' },
    parentName: { type: 'string', description: 'Name of the snapshot before it.' },
    current: { type: 'boolean', description: 'Whether the virtual machine came from it last.' },
    type: { type: 'string', description: 'Disk or DiskAndMemory.' },
    created: { type: 'date', description: 'When it was taken.' },
    account: { type: 'string', description: 'Account that owns it.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    domainpath: { type: 'string', since: '4.19.2.0', description: 'Path of the domain, e.g. ROOT/a.' },
    hypervisor: { type: 'string', description: 'Hypervisor type.' },
    tags: { type: 'set', of: tagResponse, description: 'Resource tags.' },
    hasannotations: { type: 'boolean', description: 'Whether a comment is attached to it.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
