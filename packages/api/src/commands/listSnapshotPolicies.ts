import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { snapshotPolicyResponse } from '../responses/snapshot-policy.ts'

export const listSnapshotPolicies = defineCommand({
  name: 'listSnapshotPolicies',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists snapshot policies.',
  params: {
    volumeid: { type: 'uuid', entity: 'Volume', access: 'list', description: 'Only those of this volume.' },
    id: { type: 'uuid', entity: 'SnapshotPolicy', access: 'list', description: 'Only the object of this id.' },
    fordisplay: {
      type: 'boolean',
      roles: ['Admin'],
      since: '4.4',
      description: 'Only those that owners see, or do not; root admins only.',
    },
    ...projectOfObject,
    account: { type: 'string', description: 'Only objects of this account; given together with domainid.' },
    listall: { type: 'boolean', description: 'Also those of other accounts that the caller may see.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'list', description: 'Only objects of this domain.' },
    isrecursive: { type: 'boolean', description: 'With domainid or listall: also of the domains below.' },
    keyword: { type: 'string', description: 'Only those whose name contains this.' },
    page: { type: 'integer', description: 'Page, from 1; given together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page.' },
  },
  response: snapshotPolicyResponse,
  key: 'snapshotpolicy',
})
