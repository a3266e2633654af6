import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const startVirtualMachine = defineCommand({
  name: 'startVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'startVirtualMachine.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
    podid: { type: 'uuid', entity: 'Pod', access: 'use', description: 'The pod.' },
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'use', description: 'The cluster.' },
    hostid: { type: 'uuid', entity: 'Host', access: 'use', since: '3.0.1', description: 'The host.' },
    considerlasthost: { type: 'boolean', since: '4.18.0', description: 'The considerlasthost.' },
    deploymentplanner: { type: 'string', since: '4.4', description: 'Planner that chooses the host.' },
    bootintosetup: { type: 'boolean', since: '4.15.0.0', description: 'The bootintosetup.' },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
