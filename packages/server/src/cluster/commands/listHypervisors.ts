import { listHypervisors } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { clusterHypervisors } from '../cluster.service.ts'

export const handler = defineHandler(listHypervisors, {
  async list({ db, entities }) {
    if (!entities.zoneid)
      return { count: clusterHypervisors.length, items: clusterHypervisors.map((name) => ({ name })) }
    const rows = await db
      .selectFrom('cluster')
      .select('hypervisor_type')
      .distinct()
      .where('data_center_id', '=', entities.zoneid.id)
      .where('removed', 'is', null)
      .orderBy('hypervisor_type')
      .execute()
    return { count: rows.length, items: rows.map((row) => ({ name: row.hypervisor_type })) }
  },
})
