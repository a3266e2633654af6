import { defineCommand } from '../define-command.ts'
import { securityGroupResponse } from '../responses/security-group.ts'

export const authorizeSecurityGroupIngress = defineCommand({
  name: 'authorizeSecurityGroupIngress',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SG.AUTH.INGRESS',
  since: '4.0.0',
  description: 'Lets traffic in to the members of a group: one rule for each network or group named.',
  params: {
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
    projectid: {
      type: 'uuid',
      unsupported: { reason: 'Projects are not part of this version.', accepts: ['-1'] },
      description: 'Project of the object.',
    },
  },
  response: securityGroupResponse,
  key: 'securitygroup',
})
