import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { resourceLimitResponse } from '../responses/resource-limit.ts'

export const updateResourceLimit = defineCommand({
  name: 'updateResourceLimit',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'RESOURCE.LIMIT.UPDATE',
  since: '4.0.0',
  description:
    'Sets what an account or a domain may use at most. Administrators limit what is below them, not themselves.',
  params: {
    account: { type: 'string', description: 'The account; together with domainid.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'operate',
      description: 'The domain itself, unless account is given too.',
    },
    ...projectOfObject,
    max: { type: 'long', min: -1, description: 'The limit; -1 for none, which is meant unless given.' },
    resourcetype: {
      type: 'integer',
      min: 0,
      max: 11,
      required: true,
      description:
        '0 virtual machines, 1 public addresses, 2 volumes, 3 snapshots, 4 templates and ISOs, 5 projects, 6 networks, 7 VPCs, 8 cores, 9 MiB of memory, 10 GiB of primary storage, 11 GiB of secondary storage.',
    },
    tag: {
      type: 'string',
      since: '4.20.0',
      unsupported: { reason: 'Limits by tag are not part of this version.' },
      description: 'Limit of what carries this host or storage tag.',
    },
  },
  response: resourceLimitResponse,
  key: 'resourcelimit',
})
