import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { firewallRuleResponse } from '../responses/firewall-rule.ts'

export const listPortForwardingRules = defineCommand({
  name: 'listPortForwardingRules',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists port forwarding rules. There are none in this version, so the list is empty.',
  params: {
    id: { type: 'uuid', description: 'Only the object of this id.' },
    ipaddressid: { type: 'uuid', description: 'Only rules of this address.' },
    networkid: {
      type: 'uuid',
      entity: 'Network',
      access: 'list',
      since: '4.3',
      description: 'Only those of this network.',
    },
    fordisplay: {
      type: 'boolean',
      since: '4.4',
      description: 'Only those that are, or are not, shown to their owner.',
    },
    tags: {
      type: 'map',
      fields: { key: true, value: true },
      description:
        'Only objects with these tags, as tags[0].key and tags[0].value; no object carries a tag yet, so the answer is empty.',
    },
    ...projectOfList,
    ...listOwnership,
    ...namePaging,
  },
  response: firewallRuleResponse,
  key: 'portforwardingrule',
})
