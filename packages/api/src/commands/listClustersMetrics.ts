import { defineCommand } from '../define-command.ts'
import { clusterMetricsResponse } from '../responses/metrics.ts'
import { listClusters } from './listClusters.ts'

export const listClustersMetrics = defineCommand({
  ...listClusters,
  name: 'listClustersMetrics',
  roles: ['Admin'],
  since: '4.9.3',
  description: 'Lists clusters with what they use.',
  response: clusterMetricsResponse,
})
