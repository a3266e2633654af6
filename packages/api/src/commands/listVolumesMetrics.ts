import { defineCommand } from '../define-command.ts'
import { volumeMetricsResponse } from '../responses/metrics.ts'
import { listVolumes } from './listVolumes.ts'

export const listVolumesMetrics = defineCommand({
  ...listVolumes,
  name: 'listVolumesMetrics',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.9.3',
  description: 'Lists volumes with what they use.',
  response: volumeMetricsResponse,
})
