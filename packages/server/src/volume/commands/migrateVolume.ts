import { migrateVolume } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { beginMigrate } from '../begin-migrate.ts'
import { volumeViews } from '../volume.view.ts'

export const handler = defineHandler(migrateVolume, {
  submit: async ({ ctx, tx, input, entities }) =>
    beginMigrate(tx, ctx, entities.volumeid, entities.storageid, {
      live: input.livemigrate !== false,
      offering: entities.newdiskofferingid,
    }),
  plan: async ({ entities }) => ({
    moves: [{ entity: entities.volumeid.uuid, from: String(entities.volumeid.pool_id), to: entities.storageid.uuid }],
  }),
  result: async ({ db, entities }) => (await volumeViews(db, [entities.volumeid.id]))[0] ?? {},
  eventText: ({ entities }) => `migrating volume: ${entities.volumeid.uuid} to storage pool ${entities.storageid.name}`,
})
