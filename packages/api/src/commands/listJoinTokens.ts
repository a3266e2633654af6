import { defineCommand } from '../define-command.ts'
import { paging } from '../params/paging.ts'
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
    ...paging,
  },
  response: joinTokenResponse,
  key: 'jointoken',
  extension: true,
})
