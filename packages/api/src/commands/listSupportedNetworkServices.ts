import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { networkServiceResponse } from '../responses/network-service.ts'

export const listSupportedNetworkServices = defineCommand({
  name: 'listSupportedNetworkServices',
  kind: 'list',
  roles: ['Admin'],
  since: '3.0.0',
  description: 'Lists network services, who can give them and what each can do.',
  params: {
    provider: { type: 'string', description: 'Only those that this provider gives.' },
    service: { type: 'string', description: 'Only the one of this name.' },
    ...namePaging,
  },
  response: networkServiceResponse,
  key: 'networkservice',
})
