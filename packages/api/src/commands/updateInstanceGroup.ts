import { defineCommand } from '../define-command.ts'
import { instanceGroupResponse } from '../responses/instance-group.ts'

export const updateInstanceGroup = defineCommand({
  name: 'updateInstanceGroup',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.GROUP.UPDATE',
  since: '2.1.0',
  description: 'Renames a group of virtual machines.',
  params: {
    id: { type: 'uuid', entity: 'InstanceGroup', access: 'operate', required: true, description: 'The group.' },
    name: { type: 'string', description: 'New name.' },
  },
  response: instanceGroupResponse,
  key: 'instancegroup',
})
