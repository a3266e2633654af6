import { changeOfferingForVolume } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { beginResize } from '../begin-resize.ts'
import { volumeViews } from '../volume.view.ts'

export const handler = defineHandler(changeOfferingForVolume, {
  submit: async ({ ctx, tx, input, entities }) =>
    beginResize(tx, ctx, entities.id, {
      sizeGib: input.size,
      offering: entities.diskofferingid,
      shrinkOk: input.shrinkok === true,
    }),
  result: async ({ db, entities }) => (await volumeViews(db, [entities.id.id]))[0] ?? {},
  eventText: ({ entities }) => `changing disk offering of volume: ${entities.id.uuid}`,
})
