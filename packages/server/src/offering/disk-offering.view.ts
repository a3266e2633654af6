import type { diskOfferingResponse, ResponseValue } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { domainNames, placeNames } from '../inventory/index.ts'
import { diskOfferingDetails } from './disk-offering.repository.ts'
import { burstFields, rateFields } from './io-limits.ts'
import type { DiskOffering } from './service-offering.repository.ts'

export type DiskOfferingView = ResponseValue<typeof diskOfferingResponse>

/** Disk offerings as answers. */
export async function diskOfferingViews(db: Queries, offerings: readonly DiskOffering[]): Promise<DiskOfferingView[]> {
  const details = await diskOfferingDetails(
    db,
    offerings.map((offering) => offering.id),
  )
  const ids = (offering: DiskOffering, name: string): number[] =>
    (details.get(offering.id) ?? []).filter((row) => row.name === name).map((row) => Number(row.value))
  const domains = await domainNames(
    db,
    offerings.flatMap((offering) => ids(offering, 'domainid')),
  )
  const zones = await placeNames(
    db,
    'data_center',
    offerings.flatMap((offering) => ids(offering, 'zoneid')),
  )
  return offerings.map((offering) => {
    const inDomains = ids(offering, 'domainid').flatMap((id) => domains.get(id) ?? [])
    const inZones = ids(offering, 'zoneid').flatMap((id) => zones.get(id) ?? [])
    const free = (details.get(offering.id) ?? []).filter((row) => row.name !== 'domainid' && row.name !== 'zoneid')
    return {
      id: offering.uuid,
      name: offering.name,
      state: offering.state,
      displaytext: offering.display_text,
      domainid: listText(inDomains.map((domain) => domain.uuid)),
      domain: listText(inDomains.map((domain) => domain.path)),
      zoneid: listText(inZones.map((zone) => zone.uuid)),
      zone: listText(inZones.map((zone) => zone.name)),
      disksize: Math.round(offering.disk_size / 2 ** 30),
      created: offering.created,
      iscustomized: offering.customized === 1,
      iscustomizediops: false,
      tags: offering.tags,
      storagetype: offering.use_local_storage === 1 ? 'local' : 'shared',
      provisioningtype: offering.provisioning_type,
      ...rateFields(offering),
      ...burstFields(offering),
      cacheMode: offering.cache_mode,
      displayoffering: offering.display_offering === 1,
      disksizestrictness: offering.disk_size_strictness === 1,
      encrypt: offering.encrypt === 1,
      details: free.length === 0 ? null : Object.fromEntries(free.map((row) => [row.name, row.value])),
      hasannotations: false,
    }
  })
}

function listText(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(',')
}
