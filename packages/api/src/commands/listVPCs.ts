import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfObject } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { vpcResponse } from '../responses/vpc.ts'

export const listVPCs = defineCommand({
  name: 'listVPCs',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists VPCs. There are none in this version, so the list is empty.',
  params: {
    id: { type: 'uuid', description: 'Only the object of this id.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    name: { type: 'string', description: 'Only those of this name.' },
    displaytext: { type: 'string', description: 'Only those with this text.' },
    cidr: { type: 'string', description: 'Only those of this network.' },
    vpcofferingid: { type: 'uuid', description: 'Only those of this offering.' },
    supportedservices: { type: 'list', items: 'string', description: 'Only those with all of these services.' },
    state: { type: 'string', description: 'Only those in this state.' },
    restartrequired: { type: 'boolean', description: 'Only those that need a restart, or only others.' },
    fordisplay: { type: 'boolean', since: '4.4', description: 'Only those that users see, or only others.' },
    showicon: { type: 'boolean', description: 'Show icons.' },
    tags: { type: 'map', description: 'Only those with these tags.' },
    ...projectOfObject,
    ...listOwnership,
    ...namePaging,
  },
  response: vpcResponse,
  key: 'vpc',
})
