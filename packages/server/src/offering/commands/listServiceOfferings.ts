import { listServiceOfferings } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { type Caller, isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { domainAncestors, domainDescendants } from '../../zone/index.ts'
import { domainPathOfAccount, listServiceOfferingRows, templateBytes } from '../service-offering.repository.ts'
import { serviceOfferingViews } from '../service-offering.view.ts'

export const handler = defineHandler(listServiceOfferings, {
  async list({ db, caller, input, entities, page, scope }) {
    if (input.issystem && !isRootAdmin(caller)) {
      throw apiFailure('api.permission', 'Only root administrators list system offerings')
    }
    const account = input.account !== undefined && scope.kind === 'account' ? scope.accountId : undefined
    const path = account === undefined ? chosenPath(caller, entities.domainid) : await domainPathOfAccount(db, account)
    const below =
      entities.domainid === undefined
        ? input.listall === true && caller.roleType !== 'User'
        : input.isrecursive === true && account === undefined
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
        ...(entities.templateid === undefined ? {} : { rootBytes: await templateBytes(db, entities.templateid.id) }),
        ...(path === undefined
          ? {}
          : {
              domainIds: [...(await domainAncestors(db, path)), ...(below ? await domainDescendants(db, path) : [])],
            }),
      },
      page,
    )
    return { count, items: await serviceOfferingViews(db, rows) }
  },
})

/** Offerings are shown to a domain and those below it; root administrators see all unless they choose. */
function chosenPath(caller: Caller, domain: { readonly path: string } | undefined): string | undefined {
  return domain?.path ?? (isRootAdmin(caller) ? undefined : caller.domainPath)
}
