import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { affinityGroupResponse } from '../responses/affinity-group.ts'

export const listAffinityGroups = defineCommand({
  name: 'listAffinityGroups',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists affinity groups. There are none in this version, so the list is empty.',
  params: {
    name: { type: 'string', description: 'Only those of this name.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      description: 'Only those of this virtual machine.',
    },
    id: { type: 'uuid', description: 'Only the object of this id.' },
    type: { type: 'string', description: 'Only groups of this type.' },
    ...projectOfList,
    ...listOwnership,
    ...namePaging,
  },
  response: affinityGroupResponse,
  key: 'affinitygroup',
})
