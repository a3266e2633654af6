import { defineCommand } from '../define-command.ts'

export const restartNetwork = defineCommand({
  name: 'restartNetwork',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'NETWORK.RESTART',
  since: '2.1.0',
  description:
    'Brings the services of a network into line on every host with guests on it. Guests are not interrupted.',
  params: {
    id: { type: 'uuid', entity: 'Network', access: 'operate', required: true, description: 'Network.' },
    cleanup: {
      type: 'boolean',
      description: 'Make the services anew instead of correcting them; here both are the same.',
    },
    makeredundant: {
      type: 'boolean',
      since: '4.11.1',
      unsupported: { reason: 'There are no routers to make redundant.', accepts: ['false'] },
      description: 'Make its routers redundant.',
    },
    livepatch: {
      type: 'boolean',
      since: '4.17.0',
      unsupported: { reason: 'There are no routers to patch.', accepts: ['false'] },
      description: 'Patch its routers while they run.',
    },
  },
  response: 'success',
})
