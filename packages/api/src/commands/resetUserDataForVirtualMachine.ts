import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const resetUserDataForVirtualMachine = defineCommand({
  name: 'resetUserDataForVirtualMachine',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.RESETUSERDATA',
  since: '4.18',
  description: 'Gives a stopped virtual machine other user data; it counts from the next start.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    userdata: { type: 'string', maxLength: 1048576, description: 'User data in Base64; not together with userdataid.' },
    userdataid: { type: 'uuid', entity: 'UserData', access: 'use', description: 'Registered user data.' },
    userdatadetails: { type: 'map', description: 'Values of the variables of registered user data.' },
    account: { type: 'string', description: 'Account that owns the virtual machine; with domainid.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    ...projectOfObject,
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
