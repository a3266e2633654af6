import { repairHost } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { planRepairs, refuseUnknown } from '../doctor/repair.ts'
import { checkResultView, hostRepairViews } from '../host-check.view.ts'
import { findHostRepairs } from '../host-repair.repository.ts'
import { hostRepairWorkflow, type RepairOutput, withLook } from '../workflows/host-repair.ts'

export const handler = defineHandler(repairHost, {
  eventText: ({ entities }) => `repairing host ${entities.id.name}`,
  async submit({ caller, input, entities }) {
    const host = entities.id
    refuseUnknown(input.checks ?? [])
    return {
      workflow: hostRepairWorkflow,
      input: { hostId: host.id, checks: [...(input.checks ?? [])], userId: caller.userId },
      lockKey: `host-repair:${host.id}`,
      instance: { type: 'Host', id: host.id, uuid: host.uuid },
    }
  },
  /** Each change with its old value, and what no repair heals. */
  async probe({ ctx, input, entities }) {
    const { plans, left } = await withLook(ctx, entities.id.id, (look) => planRepairs(ctx, look, input.checks ?? []))
    return {
      steps: [
        ...plans.flatMap(({ name, changes }) =>
          changes.map(({ what, before, after }) => `repair ${name}: ${what}: ${before} → ${after}`),
        ),
        ...left.map(({ name, seen, fix }) => `left ${name}: ${seen} ${fix ?? ''}`.trim()),
      ],
    }
  },
  async result({ db, entities, output }) {
    const { look, keep, 'look-again': again } = output as unknown as RepairOutput
    return {
      hostid: entities.id.uuid,
      hostname: entities.id.name,
      repair: await hostRepairViews(db, await findHostRepairs(db, keep.ids)),
      check: (again?.checks ?? []).map(checkResultView),
      left: look.left.map(checkResultView),
    }
  },
})
