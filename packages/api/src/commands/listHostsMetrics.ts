import { defineCommand } from '../define-command.ts'
import { hostMetricsResponse } from '../responses/metrics.ts'
import { listHosts } from './listHosts.ts'

export const listHostsMetrics = defineCommand({
  ...listHosts,
  name: 'listHostsMetrics',
  roles: ['Admin'],
  since: '4.9.3',
  description: 'Lists hosts with what they use.',
  response: hostMetricsResponse,
})
