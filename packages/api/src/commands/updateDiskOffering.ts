import { defineCommand } from '../define-command.ts'
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
    bytesreadrate: {
      type: 'long',
      min: 0,
      since: '4.15',
      description: 'Bytes read a second at most; no limit unless given.',
    },
    bytesreadratemax: {
      type: 'long',
      min: 0,
      since: '4.15',
      description: 'Bytes read a second in a burst; not below bytesreadrate.',
    },
    bytesreadratemaxlength: {
      type: 'long',
      min: 0,
      since: '4.15',
      description: 'Seconds that such a burst may last; 1 unless given.',
    },
    byteswriterate: {
      type: 'long',
      min: 0,
      since: '4.15',
      description: 'Bytes written a second at most; no limit unless given.',
    },
    byteswriteratemax: {
      type: 'long',
      min: 0,
      since: '4.15',
      description: 'Bytes written a second in a burst; not below byteswriterate.',
    },
    byteswriteratemaxlength: {
      type: 'long',
      min: 0,
      since: '4.15',
      description: 'Seconds that such a burst may last; 1 unless given.',
    },
    iopsreadrate: {
      type: 'long',
      min: 0,
      since: '4.15',
      description: 'Requests of reading a second at most; no limit unless given.',
    },
    iopsreadratemax: {
      type: 'long',
      min: 0,
      since: '4.15',
      description: 'Requests of reading a second in a burst; not below iopsreadrate.',
    },
    iopsreadratemaxlength: {
      type: 'long',
      min: 0,
      since: '4.15',
      description: 'Seconds that such a burst may last; 1 unless given.',
    },
    iopswriterate: {
      type: 'long',
      min: 0,
      since: '4.15',
      description: 'Requests of writing a second at most; no limit unless given.',
    },
    iopswriteratemax: {
      type: 'long',
      min: 0,
      since: '4.15',
      description: 'Requests of writing a second in a burst; not below iopswriterate.',
    },
    iopswriteratemaxlength: {
      type: 'long',
      min: 0,
      since: '4.15',
      description: 'Seconds that such a burst may last; 1 unless given.',
    },
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
