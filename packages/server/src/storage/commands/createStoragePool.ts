import { createStoragePool } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { findPool } from '../pool.repository.ts'
import { beginPool } from '../pool.service.ts'
import { poolViews } from '../pool.view.ts'
import { detailsOf } from '../pool-details.ts'
import { storagePoolCreateWorkflow } from '../workflows/storage-pool-create.ts'

export const handler = defineHandler(createStoragePool, {
  eventText: ({ input }) => `creating storage pool ${input.name}`,
  async submit({ tx, ctx, caller, input, entities }) {
    const zone = entities.zoneid
    if (zone.allocation_state === 'Disabled' && !isRootAdmin(caller)) {
      throw apiFailure('api.permission', `Zone ${zone.name} is disabled`)
    }
    const pool = await beginPool(tx, ctx, {
      name: input.name,
      url: input.url,
      zone,
      pod: entities.podid,
      cluster: entities.clusterid,
      scope: input.scope,
      hypervisor: input.hypervisor,
      tags: (input.tags ?? '').split(','),
      details: detailsOf(input.details ?? []),
    })
    return {
      workflow: storagePoolCreateWorkflow,
      input: { poolId: pool.id },
      lockKey: `storage-pool:${pool.id}`,
      instance: { type: 'StoragePool', id: pool.id, uuid: pool.uuid },
    }
  },
  async result({ db, ctx, output }) {
    const pool = await findPool(db, Number((output.up as { readonly poolId?: number } | undefined)?.poolId))
    return (await poolViews(db, ctx, pool === undefined ? [] : [pool]))[0] ?? {}
  },
})
