import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const startVirtualMachine = defineCommand({
  name: 'startVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.START',
  since: '2.1.0',
  description: 'Starts a stopped virtual machine on a host that fits.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    podid: {
      type: 'uuid',
      entity: 'Pod',
      access: 'use',
      roles: ['Admin'],
      description: 'Only hosts there may be chosen; root admins only.',
    },
    clusterid: {
      type: 'uuid',
      entity: 'Cluster',
      access: 'use',
      roles: ['Admin'],
      description: 'Only hosts there may be chosen; root admins only.',
    },
    hostid: {
      type: 'uuid',
      entity: 'Host',
      access: 'use',
      roles: ['Admin'],
      since: '3.0.1',
      description: 'Host it must start on; root admins only.',
    },
    considerlasthost: {
      type: 'boolean',
      since: '4.18.0',
      description: 'Try the host it ran on last first; true unless given.',
    },
    deploymentplanner: {
      type: 'string',
      since: '4.4',
      unsupported: { reason: 'One planner places all virtual machines in this version.', accepts: ['FirstFitPlanner'] },
      description: 'Planner that chooses the host.',
    },
    bootintosetup: {
      type: 'boolean',
      since: '4.15.0.0',
      unsupported: { reason: 'Booting into the firmware setup comes with the console.', accepts: ['false'] },
      description: 'Stop in the firmware setup.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
