import { defineCommand } from '../define-command.ts'
import { vmUserDataResponse } from '../responses/vm-user-data.ts'

export const getVirtualMachineUserData = defineCommand({
  name: 'getVirtualMachineUserData',
  kind: 'sync',
  readOnly: true,
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.4',
  description: 'Answers the user data of a virtual machine.',
  params: {
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      required: true,
      description: 'The virtual machine.',
    },
  },
  response: vmUserDataResponse,
  key: 'virtualmachineuserdata',
})
