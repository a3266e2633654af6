import { defineCommand } from '../define-command.ts'
import { zoneMetricsResponse } from '../responses/metrics.ts'
import { listZones } from './listZones.ts'

export const listZonesMetrics = defineCommand({
  ...listZones,
  name: 'listZonesMetrics',
  roles: ['Admin'],
  since: '4.9.3',
  description: 'Lists zones with what they use.',
  response: zoneMetricsResponse,
})
