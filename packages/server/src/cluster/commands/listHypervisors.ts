import { listHypervisors } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { hypervisorsOfZone } from '../cluster.repository.ts'
import { clusterHypervisors } from '../cluster.service.ts'

export const handler = defineHandler(listHypervisors, {
  async list({ db, entities }) {
    const names = entities.zoneid ? await hypervisorsOfZone(db, entities.zoneid.id) : clusterHypervisors
    return { count: names.length, items: names.map((name) => ({ name })) }
  },
})
