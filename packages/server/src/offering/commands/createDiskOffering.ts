import { createDiskOffering, mapEntries } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { findDiskOffering, replaceDiskOfferingDetails } from '../disk-offering.repository.ts'
import { diskOfferingViews } from '../disk-offering.view.ts'
import { rateColumns } from '../io-limits.ts'
import { insertDiskOffering } from '../service-offering.repository.ts'

export const handler = defineHandler(createDiskOffering, {
  eventText: ({ input }) => `creating disk offering ${input.name}`,
  eventResource: (_call, view) => ({ type: 'DiskOffering', uuid: view?.id ?? null }),
  async change({ ctx, tx, caller, input, entities }) {
    const customized = input.customized ?? input.disksize === undefined
    if (customized && input.disksize !== undefined) {
      throw apiFailure('api.parameter', 'disksize is not given with customized: the owner chooses the size')
    }
    if (!customized && input.disksize === undefined) {
      throw apiFailure('api.parameter', 'disksize is needed unless customized is true')
    }
    if (!isRootAdmin(caller) && (entities.domainid?.length ?? 0) === 0) {
      throw apiFailure('api.permission', 'Only root administrators create offerings for every domain', {
        fix: 'Name domains of yours in domainid.',
      })
    }
    const largest = await ctx.config.number('storage.max.volume.size', {}, tx)
    if (input.disksize !== undefined && input.disksize > largest) {
      throw apiFailure('api.parameter', `disksize is at most ${largest} GiB`, { seen: String(input.disksize) })
    }
    const id = await insertDiskOffering(tx, {
      uuid: ctx.runtime.uuid(),
      name: input.name,
      display_text: input.displaytext ?? input.name,
      disk_size: (input.disksize ?? 0) * 2 ** 30,
      tags: input.tags ?? null,
      customized: customized ? 1 : 0,
      use_local_storage: input.storagetype === 'local' ? 1 : 0,
      display_offering: input.displayoffering === false ? 0 : 1,
      disk_size_strictness: input.disksizestrictness ? 1 : 0,
      ...rateColumns(input),
      created: ctx.runtime.now(),
    })
    const texts = (rows: readonly { readonly id: number }[] | undefined): string[] =>
      (rows ?? []).map((row) => String(row.id))
    await replaceDiskOfferingDetails(tx, id, 'domainid', texts(entities.domainid))
    await replaceDiskOfferingDetails(tx, id, 'zoneid', texts(entities.zoneid))
    for (const [name, value] of Object.entries(mapEntries(input.details))) {
      if (name === 'domainid' || name === 'zoneid') {
        throw apiFailure('api.parameter', `details: ${name} is a parameter of its own`)
      }
      await replaceDiskOfferingDetails(tx, id, name, [value])
    }
    const row = await findDiskOffering(tx, id)
    return (await diskOfferingViews(tx, row ? [row] : []))[0] ?? {}
  },
})
