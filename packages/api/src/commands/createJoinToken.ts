import { defineCommand } from '../define-command.ts'
import { joinTokenResponse } from '../responses/join-token.ts'

export const createJoinToken = defineCommand({
  name: 'createJoinToken',
  kind: 'sync',
  roles: ['Admin'],
  event: 'HOST.JOIN.TOKEN.CREATE',
  since: '0.1.0',
  description:
    "Creates a one-time token with which a host joins a cluster without SSH (alto agent join). The answer is the only place where the token is shown; it carries the fingerprint of the server's CA.",
  params: {
    clusterid: {
      type: 'uuid',
      entity: 'Cluster',
      access: 'use',
      description: 'Cluster that the host will belong to; needed unless hostid names the host.',
    },
    hostid: {
      type: 'uuid',
      entity: 'Host',
      access: 'use',
      description:
        'Host that the token is for, and no other: its machine takes its place again after its agent was lost.',
    },
    description: { type: 'string', description: 'What the token is for.' },
    validity: {
      type: 'integer',
      min: 60,
      max: 604800,
      description: 'Seconds until the token expires; 3600 unless said.',
    },
    hosttags: { type: 'list', items: 'string', description: 'Tags of the host that joins, separated by commas.' },
    allocationstate: {
      type: 'string',
      values: ['Enabled', 'Disabled'],
      description: 'Whether virtual machines may be placed on the host at once: Enabled (default) or Disabled.',
    },
  },
  response: joinTokenResponse,
  key: 'jointoken',
  extension: true,
})
