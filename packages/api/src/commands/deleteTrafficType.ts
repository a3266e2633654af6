import { defineCommand } from '../define-command.ts'

export const deleteTrafficType = defineCommand({
  name: 'deleteTrafficType',
  kind: 'async',
  roles: ['Admin'],
  event: 'TRAFFIC.TYPE.DELETE',
  since: '3.0.0',
  description: 'Takes a kind of traffic from a physical network, unless networks of that kind are on it.',
  params: {
    id: { type: 'uuid', entity: 'TrafficType', access: 'operate', required: true, description: 'Traffic type.' },
  },
  response: 'success',
})
