import { defineCommand } from '../define-command.ts'

export const deleteSnapshotPolicies = defineCommand({
  name: 'deleteSnapshotPolicies',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SNAPSHOTPOLICY.DELETE',
  since: '2.1.0',
  description: 'Deletes snapshot policies. Their snapshots stay.',
  params: {
    id: { type: 'uuid', entity: 'SnapshotPolicy', access: 'operate', description: 'The policy; or ids.' },
    ids: {
      type: 'list',
      items: 'uuid',
      entity: 'SnapshotPolicy',
      access: 'operate',
      description: 'The policies, separated by commas.',
    },
  },
  response: 'success',
})
