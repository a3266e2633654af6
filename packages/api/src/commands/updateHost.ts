import { defineCommand } from '../define-command.ts'
import { hostResponse } from '../responses/host.ts'

export const updateHost = defineCommand({
  name: 'updateHost',
  kind: 'sync',
  roles: ['Admin'],
  event: 'HOST.EDIT',
  since: '2.1.0',
  description: 'Changes a host.',
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'The host.' },
    name: { type: 'string', since: '4.15', description: 'New name.' },
    oscategoryid: {
      type: 'uuid',
      unsupported: { reason: 'Placement by operating system category comes with hosts in production form.' },
      description: 'Operating systems the host prefers.',
    },
    guestosrule: {
      type: 'string',
      unsupported: { reason: 'Placement by operating system category comes with hosts in production form.' },
      description: 'JavaScript rule for guests.',
    },
    allocationstate: {
      type: 'string',
      values: ['Enable', 'Disable'],
      description: 'Enable or Disable: whether virtual machines may be placed on it.',
    },
    hosttags: {
      type: 'list',
      items: 'string',
      description: 'Tags, separated by commas; an offering that asks for tags runs only on hosts that carry them.',
    },
    istagarule: {
      type: 'boolean',
      unsupported: {
        reason: 'Tags are compared as text; rules written in JavaScript are not evaluated.',
        accepts: ['false'],
      },
      description: 'Whether the tags are a rule in JavaScript.',
    },
    url: {
      type: 'string',
      unsupported: { reason: 'A host is known by its certificate; its address is where its agent connects from.' },
      description: 'New address.',
    },
    annotation: { type: 'string', since: '4.11', description: 'Note shown with the host.' },
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
      description: 'Remove all external details.',
    },
  },
  response: hostResponse,
  key: 'host',
})
