import type { CheckResult } from '@altostack/agent-api'
import { hardenHost } from '@altostack/api'
import { hostFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { hostDetailNames } from '../check-subject.service.ts'
import { hostDetails } from '../diagnosis.repository.ts'
import { checkResultView } from '../host-check.view.ts'
import { hostHardenWorkflow } from '../workflows/host-harden.ts'

export const handler = defineHandler(hardenHost, {
  eventText: ({ entities, input }) =>
    `${input.undo === true ? 'taking back the hardening of' : 'hardening'} host ${entities.id.name}`,
  async submit({ tx, ctx, input, entities }) {
    const host = entities.id
    if (!ctx.agents.isConnected(host.id)) {
      throw hostFailure('host.not-connected', `The agent of host ${host.name} is not connected`, {
        seen: `status ${host.status}`,
        fix: '`alto doctor` says why; harden the host when it is Up.',
      })
    }
    const wasHardened = (await hostDetails(tx, host.id)).get(hostDetailNames.guard) === 'true'
    return {
      workflow: hostHardenWorkflow,
      input: { hostId: host.id, undo: input.undo === true, wasHardened },
      lockKey: `host-repair:${host.id}`,
      instance: { type: 'Host', id: host.id, uuid: host.uuid },
    }
  },
  async result({ db, entities, output }) {
    const { guard, look } = output as unknown as { guard: { friends: string[] }; look: { checks: CheckResult[] } }
    const hardened = (await hostDetails(db, entities.id.id)).get(hostDetailNames.guard) === 'true'
    return {
      hostid: entities.id.uuid,
      hostname: entities.id.name,
      hardened,
      addresses: guard.friends,
      check: look.checks.map(checkResultView),
    }
  },
})
