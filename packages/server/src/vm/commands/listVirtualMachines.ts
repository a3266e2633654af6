import { listVirtualMachines } from '@altostack/api'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { tagPairs } from '../../tag/index.ts'
import { vmViews } from '../vm.view.ts'
import { selectVmPage, type VmFilter } from '../vm-list.repository.ts'

export const handler = defineHandler(listVirtualMachines, {
  list: async ({ ctx, db, caller, input, entities, page, scope }) => {
    const ids = entities.ids?.map((row) => row.id) ?? (entities.id === undefined ? undefined : [entities.id.id])
    const seesDestroyed =
      isRootAdmin(caller) ||
      caller.roleType !== 'User' ||
      (await ctx.config.flag('allow.user.view.destroyed.vm', { accountId: caller.accountId }, db))
    const filter: VmFilter = {
      scope,
      withDestroyed: seesDestroyed,
      nothing: input.forvirtualnetwork === true,
      ...defined({
        ids,
        tags: tagPairs(input.tags),
        group:
          entities.groupid === undefined
            ? undefined
            : { accountId: entities.groupid.account_id, name: entities.groupid.name },
        keyPair: input.keypair,
        securityGroupId: entities.securitygroupid?.id,
        userDataId: entities.userdataid?.id,
        name: input.name,
        keyword: input.keyword,
        state: input.state,
        hypervisor: input.hypervisor,
        arch: input.arch,
        // Users never see what is hidden from them; administrators see all unless they ask.
        display: isRootAdmin(caller) ? input.displayvm : true,
        haEnabled: input.haenable,
        zoneId: entities.zoneid?.id,
        podId: entities.podid?.id,
        clusterId: entities.clusterid?.id,
        hostId: entities.hostid?.id,
        poolId: entities.storageid?.id,
        networkId: entities.networkid?.id,
        templateId: entities.templateid?.id,
        serviceOfferingId: entities.serviceofferingid?.id,
        userId: entities.userid?.id,
      }),
    }
    const { count, ids: found } = await selectVmPage(db, filter, page)
    if (input.retrieveonlyresourcecount === true) return { count, items: [] }
    return {
      count,
      items: await vmViews(db, found, {
        withUserData: input.userdata === true,
        stats: ctx.stats,
        ...(input.details === undefined ? {} : { groups: input.details }),
      }),
    }
  },
})

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** Leaves out what is undefined, so that an absent filter is no key at all. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}
