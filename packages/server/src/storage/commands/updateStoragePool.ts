import { updateStoragePool } from '@altostack/api'
import { apiFailure, storageFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import type { Tx } from '../../db/database.ts'
import { findPool, findPoolOn, type Pool, savePoolDetails, savePoolTags, updatePool } from '../pool.repository.ts'
import { movePoolStatus } from '../pool.states.ts'
import { poolViews } from '../pool.view.ts'
import { checkDetails, detailsOf, storedDetails } from '../pool-details.ts'
import { type PoolPlace, type PoolType, readPoolUrl } from '../pool-url.ts'

export const handler = defineHandler(updateStoragePool, {
  eventText: ({ entities }) => `updating storage pool ${entities.id.name}`,
  async change({ tx, ctx, input, entities }) {
    const pool = entities.id
    if (input.name !== undefined) {
      const name = input.name.trim()
      if (name === '') throw apiFailure('api.parameter', 'The pool needs a name')
      await updatePool(tx, pool.id, { name })
    }
    if (input.tags !== undefined) await savePoolTags(tx, pool.id, input.tags)
    if (input.details !== undefined) {
      const details = detailsOf(input.details)
      checkDetails(pool.pool_type as PoolType, details)
      await savePoolDetails(tx, pool.id, storedDetails(ctx, details))
    }
    if (input.url !== undefined) await updatePool(tx, pool.id, await movedTo(tx, pool, input.url))
    if (input.enabled !== undefined) {
      const current = (await findPool(tx, pool.id)) ?? pool
      const wanted = input.enabled ? 'Up' : 'Disabled'
      if (current.status !== wanted) {
        const from = input.enabled ? 'Disabled' : 'Up'
        if (current.status !== from) {
          throw storageFailure('storage.state', `Storage pool ${pool.name} is ${current.status}`, {
            seen: `it becomes ${wanted} from ${from} only`,
          })
        }
        await movePoolStatus(tx, ctx, current, input.enabled ? 'Enable' : 'Disable', { cause: 'storage.update' })
      }
    }
    const after = await findPool(tx, pool.id)
    return (await poolViews(tx, ctx, after === undefined ? [] : [after]))[0] ?? {}
  },
})

/** Hosts would go on with what they have mounted: only a pool that is detached everywhere may move. */
async function movedTo(tx: Tx, pool: Pool, url: string): Promise<{ host_address: string; port: number; path: string }> {
  const place: PoolPlace = readPoolUrl(url)
  if (pool.pool_type !== 'NetworkFilesystem' || place.type !== 'NetworkFilesystem') {
    throw storageFailure('storage.url', 'Only the url of an NFS pool can be changed', {
      seen: `${pool.pool_type}, ${url}`,
    })
  }
  if (pool.status !== 'Maintenance') {
    throw storageFailure('storage.state', `Storage pool ${pool.name} is ${pool.status}`, {
      seen: 'the url can be changed while Maintenance',
      fix: 'Give enableStorageMaintenance first.',
    })
  }
  const taken = await findPoolOn(tx, { type: place.type, address: place.host, path: place.path })
  if (taken !== undefined && taken.id !== pool.id) {
    throw storageFailure('storage.exists', `Storage pool ${taken.name} is at ${place.path} already`)
  }
  return { host_address: place.host, port: place.port, path: place.path }
}
