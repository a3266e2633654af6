import { defineCommand } from '../define-command.ts'
import { settingScope } from '../params/setting-scope.ts'
import { configurationResponse } from '../responses/configuration.ts'

export const resetConfiguration = defineCommand({
  name: 'resetConfiguration',
  kind: 'sync',
  roles: ['Admin'],
  event: 'CONFIGURATION.VALUE.EDIT',
  since: '4.16.0',
  description: 'Returns a setting to its default, or a scope to what holds everywhere.',
  params: {
    name: { type: 'string', required: true, description: 'Name of the setting.' },
    ...settingScope,
    imagestoreid: {
      type: 'uuid',
      unsupported: { reason: 'No setting differs between image stores.' },
      description: 'Image store that loses its own value.',
    },
    managementserverid: {
      type: 'uuid',
      since: '4.23.0',
      unsupported: { reason: 'No setting differs between management servers.' },
      description: 'Management server that loses its own value.',
    },
  },
  response: configurationResponse,
  key: 'configuration',
})
