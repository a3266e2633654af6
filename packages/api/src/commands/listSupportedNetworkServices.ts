import { defineCommand } from '../define-command.ts'
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
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: networkServiceResponse,
  key: 'networkservice',
})
