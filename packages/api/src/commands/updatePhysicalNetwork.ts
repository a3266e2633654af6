import { defineCommand } from '../define-command.ts'
import { physicalNetworkResponse } from '../responses/physical-network.ts'

export const updatePhysicalNetwork = defineCommand({
  name: 'updatePhysicalNetwork',
  kind: 'async',
  roles: ['Admin'],
  event: 'PHYSICAL.NETWORK.UPDATE',
  since: '3.0.0',
  description: 'Changes a physical network; state Enabled makes it usable.',
  params: {
    id: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'operate',
      required: true,
      description: 'The physical network.',
    },
    networkspeed: { type: 'string', description: 'Speed, e.g. 10G; kept and answered.' },
    tags: { type: 'list', items: 'string', description: 'Tags that network offerings name, separated by commas.' },
    state: { type: 'string', values: ['Enabled', 'Disabled'], description: 'Enabled or Disabled.' },
    vlan: { type: 'string', description: 'VLAN range, e.g. 100-200; kept for the networks that will use VLANs.' },
  },
  response: physicalNetworkResponse,
  key: 'physicalnetwork',
})
