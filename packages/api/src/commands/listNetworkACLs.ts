import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfObject } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { networkAclResponse } from '../responses/network-acl.ts'

export const listNetworkACLs = defineCommand({
  name: 'listNetworkACLs',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists rules of access lists. There are no VPCs in this version, so the list is empty.',
  params: {
    id: { type: 'uuid', description: 'Only the object of this id.' },
    networkid: { type: 'uuid', entity: 'Network', access: 'list', description: 'Only those of this network.' },
    traffictype: { type: 'string', description: 'Ingress or Egress.' },
    aclid: { type: 'uuid', description: 'Only those of this list.' },
    protocol: { type: 'string', description: 'Only those of this protocol.' },
    action: { type: 'string', description: 'Allow or Deny.' },
    fordisplay: { type: 'boolean', since: '4.4', description: 'Only those that users see, or only others.' },
    tags: { type: 'map', description: 'Only those with these tags.' },
    ...projectOfObject,
    ...listOwnership,
    ...namePaging,
  },
  response: networkAclResponse,
  key: 'networkacl',
})
