import { deleteStoragePool } from '@altostack/api'
import { storageFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { volumesOnPool } from '../pool.repository.ts'
import { storagePoolDeleteWorkflow } from '../workflows/storage-pool-delete.ts'

const deletable = ['Up', 'Disabled', 'Maintenance']

export const handler = defineHandler(deleteStoragePool, {
  eventText: ({ entities }) => `deleting storage pool ${entities.id.name}`,
  async submit({ tx, entities, input }) {
    const pool = entities.id
    if (!deletable.includes(pool.status)) {
      throw storageFailure('storage.state', `Storage pool ${pool.name} is ${pool.status}`, {
        seen: `it can be deleted while ${deletable.join(', ')}`,
      })
    }
    const volumes = await volumesOnPool(tx, pool.id)
    const living = input.forced === true ? volumes.filter((one) => !gone.includes(one.state)) : volumes
    if (living.length > 0) {
      throw storageFailure('storage.in-use', `Storage pool ${pool.name} has ${living.length} volume(s)`, {
        seen: living
          .slice(0, 5)
          .map((one) => `${one.name} (${one.state})`)
          .join(', '),
        entities: living.slice(0, 20).map((one) => ({ uuid: one.uuid, description: 'Volume' })),
      })
    }
    return {
      workflow: storagePoolDeleteWorkflow,
      input: { poolId: pool.id },
      lockKey: `storage-pool:${pool.id}`,
      instance: { type: 'StoragePool', id: pool.id, uuid: pool.uuid },
    }
  },
  result: async () => undefined,
})

/** States of volumes that nobody can get back; `forced` does not wait until their files are gone. */
const gone = ['Destroy', 'Expunging', 'Expunged']
