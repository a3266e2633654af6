import { defineCommand } from '../define-command.ts'
import { vmMetricsResponse } from '../responses/metrics.ts'
import { listVirtualMachines } from './listVirtualMachines.ts'

export const listVirtualMachinesMetrics = defineCommand({
  ...listVirtualMachines,
  name: 'listVirtualMachinesMetrics',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.9.3',
  description: 'Lists virtual machines with what they use.',
  response: vmMetricsResponse,
})
