import { defineCommand } from '../define-command.ts'
import { snapshotPolicyResponse } from '../responses/snapshot-policy.ts'

export const updateSnapshotPolicy = defineCommand({
  name: 'updateSnapshotPolicy',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SNAPSHOTPOLICY.UPDATE',
  since: '2.1.0',
  description: 'Changes who sees a snapshot policy.',
  params: {
    id: { type: 'uuid', entity: 'SnapshotPolicy', access: 'operate', required: true, description: 'The policy.' },
    fordisplay: { type: 'boolean', since: '4.4', description: 'Whether its owner sees it.' },
    customid: { type: 'string', roles: ['Admin'], since: '4.4', description: 'New UUID; root admins only.' },
  },
  response: snapshotPolicyResponse,
  key: 'snapshotpolicy',
})
