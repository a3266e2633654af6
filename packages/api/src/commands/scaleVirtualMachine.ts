import { defineCommand } from '../define-command.ts'
import { changeOfferingParams } from '../params/change-offering.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const scaleVirtualMachine = defineCommand({
  name: 'scaleVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.UPGRADE',
  since: '4.2.0',
  description:
    'Gives a virtual machine another service offering. It must be stopped: CPU and memory of running guests are not changed in this version.',
  params: changeOfferingParams,
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
