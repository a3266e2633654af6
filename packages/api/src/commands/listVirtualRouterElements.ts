import { defineCommand } from '../define-command.ts'
import { virtualRouterElementResponse } from '../responses/virtual-router-element.ts'

export const listVirtualRouterElements = defineCommand({
  name: 'listVirtualRouterElements',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '2.1.0',
  description:
    'Lists the switches of the providers VirtualRouter and VpcVirtualRouter. No router is started: hosts do its work.',
  params: {
    id: { type: 'uuid', entity: 'VirtualRouterElement', access: 'list', description: 'Only the object of this id.' },
    nspid: {
      type: 'uuid',
      entity: 'NetworkServiceProvider',
      access: 'list',
      description: 'Only the one of this provider.',
    },
    enabled: { type: 'boolean', description: 'Only enabled ones, or only others.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: virtualRouterElementResponse,
  key: 'virtualrouterelement',
})
