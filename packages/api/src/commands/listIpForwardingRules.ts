import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { firewallRuleResponse } from '../responses/firewall-rule.ts'

export const listIpForwardingRules = defineCommand({
  name: 'listIpForwardingRules',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists static NAT rules. There are none in this version, so the list is empty.',
  params: {
    ipaddressid: { type: 'uuid', description: 'Only rules of this address.' },
    id: { type: 'uuid', description: 'Only the object of this id.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      description: 'Only those of this virtual machine.',
    },
    ...projectOfList,
    ...listOwnership,
    ...namePaging,
  },
  response: firewallRuleResponse,
  key: 'ipforwardingrule',
})
