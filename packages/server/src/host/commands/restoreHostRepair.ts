import { restoreHostRepair } from '@altostack/api'
import { checkFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireHost } from '../add-host.service.ts'
import { hostRepairViews, isRestorable } from '../host-check.view.ts'
import { findHostRepairs } from '../host-repair.repository.ts'
import { hostRepairRestoreWorkflow } from '../workflows/host-repair-restore.ts'

export const handler = defineHandler(restoreHostRepair, {
  eventText: ({ entities }) => `taking repair ${entities.id.repair} back`,
  async submit({ tx, entities }) {
    const row = entities.id
    if (!isRestorable(row)) {
      throw checkFailure('repair.none', `Repair ${row.repair} cannot be taken back`, {
        seen: `state ${row.state}`,
        fix: 'listHostRepairs says restorable=true for those that can.',
      })
    }
    const host = await requireHost(tx, row.host_id)
    return {
      workflow: hostRepairRestoreWorkflow,
      input: { hostId: host.id, repairId: row.id },
      lockKey: `host-repair:${host.id}`,
      instance: { type: 'Host', id: host.id, uuid: host.uuid },
    }
  },
  async result({ db, entities }) {
    return (await hostRepairViews(db, await findHostRepairs(db, [entities.id.id])))[0] ?? {}
  },
})
