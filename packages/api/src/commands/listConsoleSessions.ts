import { defineCommand } from '../define-command.ts'
import { consoleSessionResponse } from '../responses/console-session.ts'

export const listConsoleSessions = defineCommand({
  name: 'listConsoleSessions',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.21.0',
  description: 'Lists who asked for which console, from where, and how it ended; the newest first.',
  params: {
    id: { type: 'uuid', description: 'Only the object of this id.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Only those of this domain; with isrecursive of the domains below too.',
    },
    accountid: { type: 'uuid', entity: 'Account', access: 'list', description: 'Only those of this account.' },
    userid: { type: 'uuid', entity: 'User', access: 'list', description: 'Only those of this user.' },
    hostid: { type: 'uuid', entity: 'Host', access: 'list', roles: ['Admin'], description: 'Only those on this host.' },
    startdate: { type: 'date', description: 'Only those made since.' },
    enddate: { type: 'date', description: 'Only those made until then.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      description: 'Only those of this virtual machine.',
    },
    consoleendpointcreatoraddress: { type: 'string', description: 'Only those that this address asked for.' },
    clientaddress: { type: 'string', description: 'Only those that this address opened.' },
    activeonly: { type: 'boolean', description: 'Only those that are open now.' },
    acquired: { type: 'boolean', description: 'Only those that were opened, or were not.' },
    isrecursive: { type: 'boolean', description: 'With domainid: those of the domains below too.' },
    keyword: { type: 'string', description: 'Only those whose virtual machine has this text in its name.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: consoleSessionResponse,
  key: 'consolesession',
})
