import { defineCommand } from '../define-command.ts'
import { storagePoolMetricsResponse } from '../responses/metrics.ts'
import { listStoragePools } from './listStoragePools.ts'

export const listStoragePoolsMetrics = defineCommand({
  ...listStoragePools,
  name: 'listStoragePoolsMetrics',
  roles: ['Admin'],
  since: '4.9.3',
  description: 'Lists storage pools with what they use.',
  response: storagePoolMetricsResponse,
})
