import { defineCommand } from '../define-command.ts'
import { changeOfferingParams } from '../params/change-offering.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const changeServiceForVirtualMachine = defineCommand({
  name: 'changeServiceForVirtualMachine',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.UPGRADE',
  since: '2.1.0',
  description: 'Gives a stopped virtual machine another service offering; it counts from the next start.',
  params: changeOfferingParams,
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
