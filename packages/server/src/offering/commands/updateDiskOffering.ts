import { updateDiskOffering } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { accessRules } from '../../auth/access-rules.ts'
import { type Caller, isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { findEntity } from '../../command/load-entities.ts'
import type { Tx } from '../../db/database.ts'
import { retuneVolumes } from '../../volume/index.ts'
import {
  findDiskOffering,
  poolsOfDiskOffering,
  poolTags,
  replaceDiskOfferingDetails,
  updateDiskOfferingColumns,
} from '../disk-offering.repository.ts'
import { diskOfferingViews } from '../disk-offering.view.ts'
import { rateColumns } from '../io-limits.ts'

export const handler = defineHandler(updateDiskOffering, {
  eventText: ({ entities }) => `updating disk offering ${entities.id.name}`,
  async change({ ctx, tx, caller, input, entities }) {
    const { id: offering } = entities
    const rates = rateColumns(input, offering)
    const set = {
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.displaytext === undefined ? {} : { display_text: input.displaytext }),
      ...(input.sortkey === undefined ? {} : { sort_key: input.sortkey }),
      ...(input.displayoffering === undefined ? {} : { display_offering: input.displayoffering ? 1 : 0 }),
      ...(input.state === undefined ? {} : { state: input.state.toLowerCase() === 'active' ? 'Active' : 'Inactive' }),
      ...(input.tags === undefined ? {} : { tags: input.tags === '' ? null : input.tags }),
      ...rates,
    }
    if (input.tags !== undefined) await requirePoolsCarry(tx, offering.id, input.tags)
    await updateDiskOfferingColumns(tx, offering.id, set)
    if (input.domainid !== undefined) {
      const open = input.domainid.toLowerCase() === 'public'
      if (open && !isRootAdmin(caller)) {
        throw apiFailure('api.permission', 'Only root administrators offer something to every domain')
      }
      await replaceDiskOfferingDetails(
        tx,
        offering.id,
        'domainid',
        open ? [] : await idsOf(tx, caller, 'Domain', input.domainid),
      )
    }
    if (input.zoneid !== undefined) {
      const every = input.zoneid.toLowerCase() === 'all'
      await replaceDiskOfferingDetails(
        tx,
        offering.id,
        'zoneid',
        every ? [] : await idsOf(tx, caller, 'Zone', input.zoneid),
      )
    }
    if (Object.keys(rates).length > 0) await retuneVolumes(tx, ctx, offering.id)
    const row = await findDiskOffering(tx, offering.id)
    return (await diskOfferingViews(tx, row ? [row] : []))[0] ?? {}
  },
})

/** Row ids of uuids separated by commas, each checked as a parameter that names an entity is. */
async function idsOf(tx: Tx, caller: Caller, entity: 'Domain' | 'Zone', text: string): Promise<string[]> {
  const ids: string[] = []
  for (const uuid of text.split(',').map((one) => one.trim())) {
    const row = uuid === '' ? undefined : await findEntity(tx, entity, uuid, false)
    const name = entity.toLowerCase()
    if (row === undefined) throw apiFailure('api.parameter', `${name}id: there is no ${name} ${uuid || '(empty)'}`)
    const access = entity === 'Domain' ? 'operate' : 'use'
    if (!(await accessRules[entity].may(tx, caller, row as never, access))) {
      throw apiFailure('api.permission', `The caller may not ${access} ${name} ${uuid}`)
    }
    ids.push(String(row.id))
  }
  return ids
}

/** Disks stay where they are: their pools must carry the new tags. */
async function requirePoolsCarry(tx: Tx, offeringId: number, tags: string): Promise<void> {
  const wanted = tags
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
  for (const pool of await poolsOfDiskOffering(tx, offeringId)) {
    const has = await poolTags(tx, pool.id)
    const lacking = wanted.filter((tag) => !has.includes(tag))
    if (lacking.length === 0) continue
    throw apiFailure(
      'api.parameter',
      `Pool ${pool.name} has disks of this offering and lacks tag ${lacking.join(', ')}`,
      {
        fix: 'Tag the pool with updateStoragePool, or move its disks first.',
      },
    )
  }
}
