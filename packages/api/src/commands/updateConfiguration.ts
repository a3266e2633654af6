import { defineCommand } from '../define-command.ts'
import { settingScope } from '../params/setting-scope.ts'
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
    ...settingScope,
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
