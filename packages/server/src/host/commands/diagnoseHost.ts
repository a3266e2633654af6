import type { CheckResult } from '@altostack/agent-api'
import { diagnoseHost } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { refuseUnknown } from '../doctor/repair.ts'
import { findHost } from '../host.repository.ts'
import { diagnosisView } from '../host-check.view.ts'
import { hostDiagnoseWorkflow } from '../workflows/host-diagnose.ts'

export const handler = defineHandler(diagnoseHost, {
  eventText: ({ entities }) => `diagnosing host ${entities.id.name}`,
  async submit({ input, entities }) {
    const host = entities.id
    refuseUnknown(input.checks ?? [])
    return {
      workflow: hostDiagnoseWorkflow,
      input: { hostId: host.id, checks: [...(input.checks ?? [])] },
      instance: { type: 'Host', id: host.id, uuid: host.uuid },
    }
  },
  async result({ db, entities, output }) {
    const { checks, tookMs } = output.look as unknown as { checks: CheckResult[]; tookMs: number }
    return diagnosisView((await findHost(db, entities.id.id)) ?? entities.id, checks, tookMs)
  },
})
