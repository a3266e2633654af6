import { defineCommand } from '../define-command.ts'
import { paging } from '../params/paging.ts'
import { layer2LinkResponse } from '../responses/layer2-link.ts'

export const listLayer2Links = defineCommand({
  name: 'listLayer2Links',
  kind: 'list',
  roles: ['Admin'],
  since: '0.1.0',
  description:
    'Lists which clusters of a pod are on the same layer 2 network, as hosts saw it by probe frames when they came.',
  params: {
    podid: { type: 'uuid', entity: 'Pod', access: 'list', description: 'Only those of this pod.' },
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'list', description: 'Only those of this cluster.' },
    keyword: { type: 'string', description: 'Only those of which something was seen that contains this text.' },
    ...paging,
  },
  response: layer2LinkResponse,
  key: 'layer2link',
  extension: true,
})
