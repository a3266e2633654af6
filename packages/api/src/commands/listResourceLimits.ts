import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { paging } from '../params/paging.ts'
import { resourceLimitResponse } from '../responses/resource-limit.ts'

export const listResourceLimits = defineCommand({
  name: 'listResourceLimits',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.0.0',
  description:
    "Lists what an account or a domain may use at most: the caller's own account unless another is named. -1 is no limit.",
  params: {
    id: {
      type: 'long',
      unsupported: { reason: 'Limits are told apart by owner and resourcetype.' },
      description: 'Only the limit of this number.',
    },
    resourcetype: {
      type: 'integer',
      min: 0,
      max: 11,
      description:
        '0 virtual machines, 1 public addresses, 2 volumes, 3 snapshots, 4 templates and ISOs, 5 projects, 6 networks, 7 VPCs, 8 cores, 9 MiB of memory, 10 GiB of primary storage, 11 GiB of secondary storage.',
    },
    resourcetypename: {
      type: 'string',
      description:
        'The same by name: user_vm, public_ip, volume, snapshot, template, project, network, vpc, cpu, memory, primary_storage or secondary_storage; not together with resourcetype.',
    },
    tag: {
      type: 'string',
      since: '4.20.0',
      unsupported: { reason: 'Limits by tag are not part of this version.' },
      description: 'Limit of what carries this host or storage tag.',
    },
    ...projectOfObject,
    account: { type: 'string', description: 'Limits of this account; together with domainid.' },
    listall: { type: 'boolean', description: 'Limits are of one owner, so it changes nothing.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Limits of this domain, unless account is given too.',
    },
    isrecursive: { type: 'boolean', description: 'Limits are of one owner, so it changes nothing.' },
    keyword: { type: 'string', description: 'Only limits whose name contains this text.' },
    ...paging,
  },
  response: resourceLimitResponse,
  key: 'resourcelimit',
})
