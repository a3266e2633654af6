import type { ResponseValue, serviceOfferingResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { domainNames, placeNames } from '../inventory/index.ts'
import { rateFields } from './io-limits.ts'
import { type ServiceOffering, serviceOfferingDetails } from './service-offering.repository.ts'

export async function serviceOfferingViews(
  db: Queries,
  offerings: readonly ServiceOffering[],
): Promise<ResponseValue<typeof serviceOfferingResponse>[]> {
  const details = await serviceOfferingDetails(
    db,
    offerings.map((offering) => offering.id),
  )
  const limits = (offering: ServiceOffering, name: string): number[] =>
    (details.get(offering.id) ?? []).filter((detail) => detail.name === name).map((detail) => Number(detail.value))
  const domains = await domainNames(
    db,
    offerings.flatMap((offering) => limits(offering, 'domainid')),
  )
  const zones = await placeNames(
    db,
    'data_center',
    offerings.flatMap((offering) => limits(offering, 'zoneid')),
  )
  const diskIds = [...new Set(offerings.map((offering) => offering.disk_offering_id).filter((id) => id !== null))]
  const disks =
    diskIds.length === 0 ? [] : await db.selectFrom('disk_offering').selectAll().where('id', 'in', diskIds).execute()
  return offerings.map((offering): ResponseValue<typeof serviceOfferingResponse> => {
    const disk = disks.find((candidate) => candidate.id === offering.disk_offering_id)
    const own = (details.get(offering.id) ?? []).filter(
      (detail) => detail.name !== 'domainid' && detail.name !== 'zoneid',
    )
    const inDomains = limits(offering, 'domainid').flatMap((id) => domains.get(id) ?? [])
    const inZones = limits(offering, 'zoneid').flatMap((id) => zones.get(id) ?? [])
    return {
      id: offering.uuid,
      name: offering.name,
      state: offering.state,
      displaytext: offering.display_text,
      cpunumber: offering.cpu,
      cpuspeed: offering.speed,
      memory: offering.ram_size,
      created: offering.created,
      storagetype: disk?.use_local_storage === 1 ? 'local' : 'shared',
      provisioningtype: disk?.provisioning_type ?? 'thin',
      offerha: offering.ha_enabled === 1,
      limitcpuuse: offering.limit_cpu_use === 1,
      isvolatile: offering.is_volatile === 1,
      storagetags: disk?.tags,
      domainid: listText(inDomains.map((domain) => domain.uuid)),
      domain: listText(inDomains.map((domain) => domain.path)),
      zoneid: listText(inZones.map((zone) => zone.uuid)),
      zone: listText(inZones.map((zone) => zone.name)),
      hosttags: offering.host_tag,
      issystem: offering.system_use === 1,
      defaultuse: offering.default_use === 1,
      systemvmtype: offering.vm_type,
      networkrate: offering.nw_rate,
      deploymentplanner: offering.deployment_planner,
      serviceofferingdetails:
        own.length === 0 ? undefined : Object.fromEntries(own.map((detail) => [detail.name, detail.value])),
      iscustomized: offering.customized === 1,
      iscustomizediops: false,
      ...rateFields(disk ?? null),
      cacheMode: disk?.cache_mode,
      rootdisksize: disk && disk.disk_size > 0 ? Math.round(disk.disk_size / 2 ** 30) : 0,
      dynamicscalingenabled: offering.dynamic_scaling_enabled === 1,
      diskofferingstrictness: offering.disk_offering_strictness === 1,
      diskofferingid: disk?.uuid,
      diskofferingname: disk?.name,
      diskofferingdisplaytext: disk?.display_text,
      encryptroot: false,
      hasannotations: false,
    }
  })
}

function listText(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(',')
}
