import { defineCommand } from '../define-command.ts'
import { configurationResponse } from '../responses/configuration.ts'

export const listConfigurations = defineCommand({
  name: 'listConfigurations',
  kind: 'list',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'listConfigurations.',
  params: {
    category: { type: 'string', description: 'The category.' },
    name: { type: 'string', description: 'Name.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'The zone.' },
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'list', description: 'The cluster.' },
    storageid: { type: 'uuid', entity: 'StoragePool', access: 'list', description: 'The storage pool.' },
    accountid: { type: 'uuid', entity: 'Account', access: 'list', description: 'The accountid.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Domain of the account, or the domain to look in.',
    },
    imagestoreuuid: { type: 'uuid', description: 'The imagestoreuuid.' },
    managementserverid: { type: 'uuid', since: '4.23.0', description: 'Only those of this management server.' },
    group: {
      type: 'string',
      since: '4.18.0',
      description: 'Name of the group the virtual machine belongs to; made when it does not exist.',
    },
    subgroup: { type: 'string', since: '4.18.0', description: 'The subgroup.' },
    parent: { type: 'string', since: '4.18.0', description: 'The parent.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: configurationResponse,
  key: 'configuration',
})
