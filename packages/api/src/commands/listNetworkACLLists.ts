import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfObject } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { networkAclListResponse } from '../responses/network-acl-list.ts'

export const listNetworkACLLists = defineCommand({
  name: 'listNetworkACLLists',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists access lists of VPCs. There are no VPCs in this version, so the list is empty.',
  params: {
    id: { type: 'uuid', description: 'Only the object of this id.' },
    networkid: { type: 'uuid', entity: 'Network', access: 'list', description: 'Only the one of this network.' },
    vpcid: { type: 'uuid', description: 'Only those of this VPC.' },
    name: { type: 'string', description: 'Only those of this name.' },
    fordisplay: { type: 'boolean', since: '4.4', description: 'Only those that users see, or only others.' },
    ...projectOfObject,
    ...listOwnership,
    ...namePaging,
  },
  response: networkAclListResponse,
  key: 'networkacllist',
})
