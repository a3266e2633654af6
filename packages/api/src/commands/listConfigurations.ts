import { defineCommand } from '../define-command.ts'
import { paging } from '../params/paging.ts'
import { configurationResponse } from '../responses/configuration.ts'

export const listConfigurations = defineCommand({
  name: 'listConfigurations',
  kind: 'list',
  roles: ['Admin'],
  since: '2.1.0',
  description:
    'Lists settings with their values; with a zone, cluster, storage pool, domain or account the values that hold there.',
  params: {
    category: { type: 'string', description: 'Only settings of this category.' },
    name: { type: 'string', description: 'Only the setting of this name.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Zone whose own value to show.' },
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'list', description: 'Cluster whose own value to show.' },
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'list',
      description: 'Storage pool whose own value to show.',
    },
    accountid: { type: 'uuid', entity: 'Account', access: 'list', description: 'Account whose own value to show.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'list', description: 'Domain whose own value to show.' },
    imagestoreuuid: {
      type: 'uuid',
      unsupported: { reason: 'Image stores are not part of this version; the server itself keeps templates.' },
      description: 'Image store whose own value to show.',
    },
    managementserverid: {
      type: 'uuid',
      since: '4.23.0',
      unsupported: { reason: 'No setting differs between management servers.' },
      description: 'Management server whose own value to show.',
    },
    group: { type: 'string', since: '4.18.0', description: 'Only settings of this group.' },
    subgroup: { type: 'string', since: '4.18.0', description: 'Only settings of this subgroup.' },
    parent: { type: 'string', since: '4.18.0', description: 'Only settings below this one.' },
    keyword: { type: 'string', description: 'Only settings whose name contains this text.' },
    ...paging,
  },
  response: configurationResponse,
  key: 'configuration',
})
