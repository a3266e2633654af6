import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const migrateVirtualMachineWithVolume = defineCommand({
  name: 'migrateVirtualMachineWithVolume',
  kind: 'async',
  roles: ['Admin'],
  event: 'VM.MIGRATE',
  since: '3.0.4',
  description:
    'Moves a running virtual machine to another host together with its volumes, without stopping it: to pools that are named, and to pools that the host reaches where it does not reach those of now.',
  params: {
    hostid: {
      type: 'uuid',
      entity: 'Host',
      access: 'use',
      description: 'Host to move to; not together with autoselect.',
    },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    migrateto: {
      type: 'map',
      fields: { volume: true, pool: true },
      description:
        'Pools for its volumes: migrateto[0].volume and .pool. A volume that is not named stays where it is if the host reaches that, else a pool is chosen.',
    },
    autoselect: {
      type: 'boolean',
      since: '4.19.0',
      description: 'Let the planner choose the host; needed when neither hostid nor migrateto is given.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
