import { defineCommand } from '../define-command.ts'
import { ioLimits } from '../params/io-limits.ts'
import { diskOfferingResponse } from '../responses/disk-offering.ts'

export const updateDiskOffering = defineCommand({
  name: 'updateDiskOffering',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'DISK.OFFERING.EDIT',
  since: '2.1.0',
  description: 'Changes a disk offering. New limits reach disks of running guests at once.',
  params: {
    displaytext: { type: 'string', maxLength: 4096, description: 'New text shown to people.' },
    id: { type: 'uuid', entity: 'DiskOffering', access: 'operate', required: true, description: 'The disk offering.' },
    name: { type: 'string', description: 'New name.' },
    sortkey: { type: 'integer', description: 'Place in lists; lower ones first.' },
    displayoffering: { type: 'boolean', description: 'Whether users see it.' },
    domainid: {
      type: 'string',
      maxLength: 4096,
      since: '4.13',
      description: 'Ids of the domains that may use it, separated by commas; public for all.',
    },
    zoneid: {
      type: 'string',
      maxLength: 4096,
      since: '4.13',
      description: 'Ids of the zones it is offered in, separated by commas; all for every zone.',
    },
    tags: {
      type: 'string',
      since: '4.15',
      description:
        'New storage tags, separated by commas; empty for none. Refused when the pool of a disk would not fit any more.',
    },
    ...ioLimits({
      bytesread: 'Bytes read',
      byteswrite: 'Bytes written',
      iopsread: 'Requests of reading',
      iopswrite: 'Requests of writing',
      since: '4.15',
    }),
    cachemode: {
      type: 'string',
      since: '4.15',
      unsupported: { reason: 'Disks are opened without host cache, which live migration needs.', accepts: ['none'] },
      description: 'Cache mode of disks.',
    },
    state: {
      type: 'string',
      values: ['Active', 'Inactive'],
      description: 'Active or Inactive: an inactive one makes no new disks.',
    },
  },
  response: diskOfferingResponse,
  key: 'diskoffering',
})
