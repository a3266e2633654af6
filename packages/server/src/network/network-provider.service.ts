import { apiFailure, infrastructureFailure } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { knownProvider, knownProviders, listProviderRows } from './network-provider.repository.ts'

/** The provider's own name; throws for one that does not exist here. */
export function requireKnownProvider(name: string): (typeof knownProviders)[number] {
  const known = knownProvider(name)
  if (known !== undefined) return known
  throw apiFailure('api.parameter', `There is no network service provider ${name}`, {
    seen: name,
    fix: `One of ${knownProviders.map((provider) => provider.name).join(', ')}.`,
  })
}

/** Services in the provider's own spelling; throws for one that it cannot give. */
export function requireServices(providerName: string, wanted: readonly string[] | undefined): string[] | undefined {
  if (wanted === undefined || wanted.length === 0) return undefined
  const { name, services } = requireKnownProvider(providerName)
  return wanted.map((service) => {
    const known = (services as readonly string[]).find((one) => one.toLowerCase() === service.toLowerCase())
    if (known !== undefined) return known
    throw apiFailure('api.parameter', `${name} cannot give ${service}`, {
      seen: `its services: ${services.join(', ') || 'none'}`,
    })
  })
}

export async function requireNoSuchProvider(db: Queries, physicalNetworkId: number, name: string): Promise<void> {
  const { rows } = await listProviderRows(db, { physicalNetworkId, name }, { offset: 0, limit: 1 })
  if (rows.length === 0) return
  throw infrastructureFailure('infrastructure.name-taken', `The physical network has the provider ${name} already`, {
    entities: rows.map((row) => ({ uuid: row.uuid, description: 'network service provider' })),
  })
}
