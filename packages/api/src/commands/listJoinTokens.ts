import { defineCommand } from '../define-command.ts'
import { joinTokenResponse } from '../responses/join-token.ts'

export const listJoinTokens = defineCommand({
  name: 'listJoinTokens',
  kind: 'list',
  roles: ['Admin'],
  since: '0.1.0',
  description:
    'Lists join tokens, the used and the expired ones too until they are deleted. Their secret part is not shown.',
  params: {
    id: { type: 'uuid', entity: 'JoinToken', access: 'list', description: 'The token.' },
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'list', description: 'Only tokens for this cluster.' },
    keyword: { type: 'string', description: 'Only tokens whose description contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: joinTokenResponse,
  key: 'jointoken',
  extension: true,
})
