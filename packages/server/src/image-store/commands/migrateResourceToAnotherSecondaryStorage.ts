import { migrateResourceToAnotherSecondaryStorage } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import type { ImageKind } from '../images-on-stores.repository.ts'
import { requireMovable } from '../workflows/image-move.ts'
import { imageStoreMigrateWorkflow } from '../workflows/image-store-migrate.ts'

export const handler = defineHandler(migrateResourceToAnotherSecondaryStorage, {
  async submit({ tx, entities }) {
    const { srcpool: from, destpool: to } = entities
    const wanted: readonly (readonly [ImageKind, { readonly id: number; readonly name: string }])[] = [
      ...(entities.templates ?? []).map((row) => ['template', row] as const),
      ...(entities.snapshots ?? []).map((row) => ['snapshot', row] as const),
    ]
    if (wanted.length === 0) throw apiFailure('api.parameter', 'Name what shall move: templates or snapshots')
    const moves = new Map(
      wanted.map(([kind, { id, name }]) => [`${kind}:${id}`, { kind, id, name, fromRowId: from.id, toRowId: to.id }]),
    )
    // All of them or none is begun: what cannot go is named now.
    for (const move of moves.values()) await requireMovable(tx, move)
    return {
      workflow: imageStoreMigrateWorkflow,
      input: { fromName: from.name, moves: [...moves.values()] },
      lockKey: `image-store:${from.id}`,
      instance: { type: 'ImageStore', id: from.id, uuid: from.uuid },
    }
  },
  result: async ({ output, entities }) => ({
    message: `${(output.move as { readonly moved: number }).moved} image(s) moved from ${entities.srcpool.name} to ${entities.destpool.name}`,
    success: true,
  }),
  eventText: ({ entities }) => `moving images from image store ${entities.srcpool.name} to ${entities.destpool.name}`,
})
