import { listServiceOfferings } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { domainAncestors } from '../../zone/index.ts'
import { listServiceOfferingRows } from '../service-offering.repository.ts'
import { serviceOfferingViews } from '../service-offering.view.ts'

export const handler = defineHandler(listServiceOfferings, {
  async list({ db, caller, input, entities, page }) {
    if (input.issystem && !isRootAdmin(caller)) {
      throw apiFailure('api.permission', 'Only root administrators list system offerings')
    }
    const domain = entities.domainid ?? (isRootAdmin(caller) ? undefined : { path: caller.domainPath })
    const { count, rows } = await listServiceOfferingRows(
      db,
      {
        system: input.issystem === true,
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
        ...(input.systemvmtype === undefined ? {} : { vmType: input.systemvmtype }),
        ...(input.state === undefined ? {} : { state: input.state }),
        ...(input.cpunumber === undefined ? {} : { cpu: input.cpunumber }),
        ...(input.memory === undefined ? {} : { memory: input.memory }),
        ...(input.cpuspeed === undefined ? {} : { speed: input.cpuspeed }),
        ...(input.storagetype === undefined ? {} : { localStorage: input.storagetype === 'local' }),
        ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
        ...(entities.virtualmachineid === undefined ? {} : { exceptId: entities.virtualmachineid.service_offering_id }),
        ...(domain === undefined ? {} : { domainIds: await domainAncestors(db, domain.path) }),
      },
      page,
    )
    return { count, items: await serviceOfferingViews(db, rows) }
  },
})
