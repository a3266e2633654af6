import { defineCommand } from '../define-command.ts'
import { serviceOfferingResponse } from '../responses/service-offering.ts'

export const updateServiceOffering = defineCommand({
  name: 'updateServiceOffering',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'SERVICE.OFFERING.EDIT',
  since: '2.1.0',
  description:
    'Changes a service offering. What it gives to virtual machines stays as it is: its size cannot be changed.',
  params: {
    id: {
      type: 'uuid',
      entity: 'ServiceOffering',
      access: 'operate',
      required: true,
      description: 'The service offering.',
    },
    displaytext: { type: 'string', maxLength: 4096, description: 'New text shown to people.' },
    name: { type: 'string', description: 'New name.' },
    sortkey: { type: 'integer', description: 'Place in lists; lower ones first.' },
    domainid: {
      type: 'string',
      maxLength: 4096,
      description: 'Ids of the domains that may use it, separated by commas; public for all.',
    },
    zoneid: {
      type: 'string',
      since: '4.13',
      maxLength: 4096,
      description: 'Ids of the zones it is offered in, separated by commas; all for every zone.',
    },
    storagetags: {
      type: 'string',
      since: '4.16',
      description:
        'New storage tags of root disks, separated by commas; empty for none. Refused when the pool of a disk would not fit any more.',
    },
    hosttags: {
      type: 'string',
      since: '4.16',
      description: 'New host tags, separated by commas; empty for none. They count from the next start.',
    },
    state: {
      type: 'string',
      values: ['Active', 'Inactive'],
      description: 'Active or Inactive: an inactive one makes no new virtual machines.',
    },
    purgeresources: {
      type: 'boolean',
      since: '4.20',
      unsupported: { reason: 'Rows of expunged objects are kept for the audit.', accepts: ['false'] },
      description: 'Remove database rows when expunged.',
    },
    externaldetails: {
      type: 'map',
      since: '4.21.0',
      unsupported: { reason: 'Extensions (hypervisor type External) are not part of this version.' },
      description: 'Details for an extension.',
    },
    cleanupexternaldetails: {
      type: 'boolean',
      since: '4.22.0',
      unsupported: {
        reason: 'Extensions (hypervisor type External) are not part of this version.',
        accepts: ['false'],
      },
      description: 'Remove the details for an extension.',
    },
  },
  response: serviceOfferingResponse,
  key: 'serviceoffering',
})
