import type { networkServiceProviderResponse, ResponseValue, virtualRouterElementResponse } from '@altostack/api'
import { Bug } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { placeNames } from '../inventory/index.ts'
import { elementOf, type NetworkElement, type NetworkProvider, requireProvider } from './network-provider.repository.ts'

export type ProviderView = ResponseValue<typeof networkServiceProviderResponse>

export async function providerViews(db: Queries, providers: readonly NetworkProvider[]): Promise<ProviderView[]> {
  const networks = await placeNames(
    db,
    'physical_network',
    providers.flatMap((one) => [one.physical_network_id, one.destination_physical_network_id]),
  )
  return providers.map(
    (provider): ProviderView => ({
      id: provider.uuid,
      name: provider.provider_name,
      physicalnetworkid: networks.get(provider.physical_network_id)?.uuid,
      destinationphysicalnetworkid: networks.get(provider.destination_physical_network_id ?? -1)?.uuid,
      state: provider.state,
      servicelist: provider.services === '' ? [] : provider.services.split(','),
      canenableindividualservice: true,
    }),
  )
}

export async function providerView(db: Queries, id: number): Promise<ProviderView> {
  const [view] = await providerViews(db, [await requireProvider(db, id)])
  if (view === undefined) throw new Bug('a provider has no view', { id })
  return view
}

export type ElementView = ResponseValue<typeof virtualRouterElementResponse>

export async function elementViews(db: Queries, elements: readonly NetworkElement[]): Promise<ElementView[]> {
  const views: ElementView[] = []
  for (const element of elements) {
    const { uuid } = await requireProvider(db, element.nsp_id)
    views.push({ id: element.uuid, nspid: uuid, enabled: element.enabled === 1 })
  }
  return views
}

/** The element of a provider as it is now. */
export async function elementView(db: Queries, nspId: number): Promise<ElementView> {
  const element = await elementOf(db, nspId)
  const [view] = element === undefined ? [] : await elementViews(db, [element])
  if (view === undefined) throw new Bug('a provider has no element', { nspId })
  return view
}
