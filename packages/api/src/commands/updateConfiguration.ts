import { defineCommand } from '../define-command.ts'
import { configurationResponse } from '../responses/configuration.ts'

export const updateConfiguration = defineCommand({
  name: 'updateConfiguration',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'updateConfiguration.',
  params: {
    name: { type: 'string', required: true, description: 'Name.' },
    value: { type: 'string', maxLength: 4096, description: 'Value.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', description: 'The zone.' },
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'use', description: 'The cluster.' },
    storageid: { type: 'uuid', entity: 'StoragePool', access: 'use', description: 'The storage pool.' },
    accountid: { type: 'uuid', entity: 'Account', access: 'use', description: 'The accountid.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'use',
      description: 'Domain of the account, or the domain to look in.',
    },
    imagestoreuuid: { type: 'uuid', description: 'The imagestoreuuid.' },
    managementserverid: { type: 'uuid', since: '4.23.0', description: 'Only those of this management server.' },
  },
  response: configurationResponse,
  key: 'configuration',
})
