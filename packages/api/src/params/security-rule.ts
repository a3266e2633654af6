import type { Params } from '../define-command.ts'
import { projectOfObject } from './ownership.ts'

/** What a security group's rule lets pass, whichever way: authorizeSecurityGroupIngress and authorizeSecurityGroupEgress. */
export const securityRule = {
  protocol: {
    type: 'string',
    description: 'TCP, UDP, ICMP, ALL, GRE, ESP, AH or the number of a protocol; TCP unless given.',
  },
  startport: { type: 'integer', min: 0, max: 65_535, description: 'First port of TCP or UDP.' },
  endport: { type: 'integer', min: 0, max: 65_535, description: 'Last port; the first unless given.' },
  icmptype: { type: 'integer', min: -1, max: 255, description: 'ICMP type; -1 for all.' },
  icmpcode: { type: 'integer', min: -1, max: 255, description: 'ICMP code; -1 for all.' },
  cidrlist: { type: 'list', items: 'string', description: 'IPv4 networks in CIDR form, separated by commas.' },
  usersecuritygrouplist: {
    type: 'map',
    fields: { account: true, group: true },
    description: 'Groups whose members are meant: usersecuritygrouplist[0].account and .group, of the same domain.',
  },
  securitygroupid: {
    type: 'uuid',
    entity: 'SecurityGroup',
    access: 'operate',
    description: 'The group; or its name.',
  },
  securitygroupname: { type: 'string', description: 'Name of the group, instead of securitygroupid.' },
  account: { type: 'string', description: 'Account that owns it; with domainid. The caller unless given.' },
  domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
  ...projectOfObject,
} as const satisfies Params
