import { defineCommand } from '../define-command.ts'
import { templateResponse } from '../responses/template.ts'

export const prepareTemplate = defineCommand({
  name: 'prepareTemplate',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  event: 'TEMPLATE.PREPARE',
  description: 'Brings a template to the storage pools of a zone before a virtual machine needs it there.',
  params: {
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', required: true, description: 'The zone.' },
    templateid: {
      type: 'uuid',
      entity: 'Template',
      access: 'use',
      required: true,
      description: 'The template or ISO.',
    },
    storageid: { type: 'uuid', entity: 'StoragePool', access: 'use', description: 'Only to this storage pool.' },
  },
  response: templateResponse,
  key: 'template',
  answersAsList: true,
})
