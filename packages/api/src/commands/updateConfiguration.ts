import { defineCommand } from '../define-command.ts'
import { configurationResponse } from '../responses/configuration.ts'

export const updateConfiguration = defineCommand({
  name: 'updateConfiguration',
  kind: 'sync',
  roles: ['Admin'],
  event: 'CONFIGURATION.VALUE.EDIT',
  since: '2.1.0',
  description:
    'Changes a setting, everywhere or in one scope. Dynamic ones hold at once, the others after a restart, which the description says.',
  params: {
    name: { type: 'string', required: true, description: 'Name of the setting.' },
    value: { type: 'string', maxLength: 4096, description: 'New value; empty returns to the default.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'operate', description: 'Zone that alone gets the value.' },
    clusterid: {
      type: 'uuid',
      entity: 'Cluster',
      access: 'operate',
      description: 'Cluster that alone gets the value.',
    },
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'operate',
      description: 'Storage pool that alone gets the value.',
    },
    accountid: {
      type: 'uuid',
      entity: 'Account',
      access: 'operate',
      description: 'Account that alone gets the value.',
    },
    domainid: { type: 'uuid', entity: 'Domain', access: 'operate', description: 'Domain that alone gets the value.' },
    imagestoreuuid: {
      type: 'uuid',
      unsupported: { reason: 'Image stores are not part of this version; the server itself keeps templates.' },
      description: 'Image store whose own value to show.',
    },
    managementserverid: {
      type: 'uuid',
      since: '4.23.0',
      unsupported: { reason: 'No setting differs between management servers.' },
      description: 'Management server that alone gets the value.',
    },
  },
  response: configurationResponse,
  key: 'configuration',
})
