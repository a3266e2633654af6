import { createVolume } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { resolveOwner } from '../../account/owner.ts'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { newVolume } from '../new-volume.ts'
import { volumeViews } from '../volume.view.ts'

export const handler = defineHandler(createVolume, {
  submit: async (call) => {
    const { ctx, tx, caller, input, entities } = call
    const { storageid: pool, virtualmachineid: vm } = entities
    if (input.displayvolume !== undefined && !isRootAdmin(caller)) {
      throw apiFailure('api.permission', 'Only root administrators set displayvolume')
    }
    const { diskofferingid: offering, snapshotid: snapshot } = entities
    const zoneId = entities.zoneid?.id ?? snapshot?.data_center_id ?? pool?.data_center_id ?? vm?.data_center_id
    if (zoneId === undefined) throw apiFailure('api.parameter', 'zoneid is needed')
    const owner =
      vm !== undefined && input.account === undefined
        ? { accountId: vm.account_id, domainId: vm.domain_id }
        : await resolveOwner(tx, caller, input.account, entities.domainid)
    return await newVolume(tx, ctx, {
      caller,
      owner,
      zoneId,
      offering,
      snapshot,
      sizeGib: input.size,
      name: input.name,
      display: input.displayvolume !== false,
      customId: input.customid,
      pool,
      vm,
    })
  },
  result: async ({ db, output }) => {
    const made = (output.ready ?? output.given) as { readonly volumeId: number }
    return (await volumeViews(db, [made.volumeId]))[0] ?? {}
  },
  eventText: ({ input }) => `creating volume ${input.name ?? ''}`.trim(),
})
