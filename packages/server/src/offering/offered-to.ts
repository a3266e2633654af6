import { apiFailure } from '@altostack/core'
import { accessRules } from '../auth/access-rules.ts'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import { findEntity } from '../command/load-entities.ts'
import type { Tx } from '../db/database.ts'
import { poolTags } from './disk-offering.repository.ts'

/** Row ids of the domains of parameter `domainid`; none for `public`, which only root administrators may say. */
export async function offeredDomains(tx: Tx, caller: Caller, text: string): Promise<string[]> {
  if (text.toLowerCase() !== 'public') return await idsOf(tx, caller, 'Domain', text)
  if (!isRootAdmin(caller)) {
    throw apiFailure('api.permission', 'Only root administrators offer something to every domain')
  }
  return []
}

/** Row ids of the zones of parameter `zoneid`; none for `all`. */
export async function offeredZones(tx: Tx, caller: Caller, text: string): Promise<string[]> {
  return text.toLowerCase() === 'all' ? [] : await idsOf(tx, caller, 'Zone', text)
}

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
export async function requirePoolsCarry(
  tx: Tx,
  pools: readonly { readonly id: number; readonly name: string }[],
  tags: string,
): Promise<void> {
  const wanted = tags
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
  for (const pool of pools) {
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
