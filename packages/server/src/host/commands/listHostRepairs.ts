import { listHostRepairs } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { hostRepairViews } from '../host-check.view.ts'
import { listHostRepairRows } from '../host-repair.repository.ts'

export const handler = defineHandler(listHostRepairs, {
  async list({ db, input, entities, page }) {
    const filter = {
      ...(entities.id === undefined ? {} : { id: entities.id.id }),
      ...(entities.hostid === undefined ? {} : { hostId: entities.hostid.id }),
      ...(input.state === undefined ? {} : { state: input.state }),
      ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
    }
    const { count, rows } = await listHostRepairRows(db, filter, page)
    return { count, items: await hostRepairViews(db, rows) }
  },
})
