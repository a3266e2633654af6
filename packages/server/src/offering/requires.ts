import { apiFailure } from '@altostack/core'
import type { ServiceOffering } from './service-offering.repository.ts'

/** Offerings of system virtual machines belong to the installation. Throws 431. */
export function requireTenantOffering(offering: ServiceOffering): void {
  if (offering.system_use !== 1) return
  throw apiFailure('api.parameter', `Service offering ${offering.name} is for system virtual machines`)
}
