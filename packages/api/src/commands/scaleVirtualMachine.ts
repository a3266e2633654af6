import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const scaleVirtualMachine = defineCommand({
  name: 'scaleVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.UPGRADE',
  since: '4.2.0',
  description:
    'Gives a virtual machine another service offering. It must be stopped: CPU and memory of running guests are not changed in this version.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    serviceofferingid: {
      type: 'uuid',
      entity: 'ServiceOffering',
      access: 'use',
      required: true,
      description: 'New service offering.',
    },
    details: { type: 'map', description: 'details[0].cpuNumber, .cpuSpeed and .memory for a customized offering.' },
    miniops: {
      type: 'long',
      since: '4.17',
      unsupported: {
        reason:
          'Guaranteed IOPS need storage that sells them; limits are iopsreadrate and iopswriterate of the offering.',
      },
      description: 'Least IOPS.',
    },
    maxiops: {
      type: 'long',
      since: '4.17',
      unsupported: {
        reason:
          'Guaranteed IOPS need storage that sells them; limits are iopsreadrate and iopswriterate of the offering.',
      },
      description: 'Most IOPS.',
    },
    automigrate: {
      type: 'boolean',
      since: '4.17',
      unsupported: { reason: 'Move the volume with migrateVolume first.', accepts: ['false'] },
      description: 'Move the root disk when its pool does not fit the new offering.',
    },
    shrinkok: {
      type: 'boolean',
      since: '4.17',
      unsupported: { reason: 'The root disk keeps its size; resizeVolume changes it.', accepts: ['false'] },
      description: 'Allow making the root disk smaller.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
