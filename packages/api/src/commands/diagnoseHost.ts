import { defineCommand } from '../define-command.ts'
import { hostDiagnosisResponse } from '../responses/host-check.ts'

export const diagnoseHost = defineCommand({
  name: 'diagnoseHost',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin'],
  event: 'HOST.DIAGNOSE',
  since: '0.2.0',
  description:
    'Makes every check of a host: by the server, by its agent, and by SSH when the agent is dead. Answers within ten seconds, also for a host that nothing reaches. Failed checks become evidence of the host (listEvidence).',
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'The host.' },
    checks: { type: 'list', items: 'string', description: 'Names of checks (listHostChecks); all unless given.' },
  },
  response: hostDiagnosisResponse,
  key: 'hostdiagnosis',
  extension: true,
})
