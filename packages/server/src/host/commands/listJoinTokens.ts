import { listJoinTokens } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listJoinTokenRows } from '../join-token.repository.ts'
import { joinTokenViews } from '../join-token.view.ts'

export const handler = defineHandler(listJoinTokens, {
  async list({ db, input, entities, page }) {
    const filter = {
      ...(entities.id === undefined ? {} : { id: entities.id.id }),
      ...(entities.clusterid === undefined ? {} : { clusterId: entities.clusterid.id }),
      ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
    }
    const { count, rows } = await listJoinTokenRows(db, filter, page)
    return { count, items: await joinTokenViews(db, rows) }
  },
})
