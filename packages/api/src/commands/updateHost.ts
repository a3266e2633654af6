import { defineCommand } from '../define-command.ts'
import { hostResponse } from '../responses/host.ts'

export const updateHost = defineCommand({
  name: 'updateHost',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'updateHost.',
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'Identifier of the object.' },
    name: { type: 'string', since: '4.15', description: 'Name.' },
    oscategoryid: { type: 'uuid', description: 'Operating system category.' },
    guestosrule: { type: 'string', description: 'The guestosrule.' },
    allocationstate: {
      type: 'string',
      description: 'Enabled or Disabled: whether new virtual machines may be placed here.',
    },
    hosttags: {
      type: 'list',
      items: 'string',
      description: 'Tags, separated by commas; an offering that asks for tags runs only on hosts that carry them.',
    },
    istagarule: { type: 'boolean', description: 'The istagarule.' },
    url: { type: 'string', description: 'Address.' },
    annotation: { type: 'string', since: '4.11', description: 'The annotation.' },
    externaldetails: { type: 'map', since: '4.21.0', description: 'The externaldetails.' },
    cleanupexternaldetails: { type: 'boolean', since: '4.22.0', description: 'The cleanupexternaldetails.' },
  },
  response: hostResponse,
  key: 'host',
})
