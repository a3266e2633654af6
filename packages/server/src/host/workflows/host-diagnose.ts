import type { Json } from '@altostack/core'
import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { recordChange } from '../../event/index.ts'
import { requireHost } from '../add-host.service.ts'
import { diagnose } from '../doctor/diagnose.ts'
import { findHost } from '../host.repository.ts'
import { diagnosedCause } from '../host-list.repository.ts'

type DiagnoseInput = { readonly hostId: number; readonly checks: readonly string[] }

/** Looks at a host and keeps what is not ok as its evidence. Changes nothing on it. */
export const hostDiagnoseWorkflow = defineWorkflow<ServerContext, DiagnoseInput, Database>('host.diagnose')
  .step('look', {
    retry: { attempts: 2 },
    deadlineMs: 600_000,
    async do(s) {
      const host = await requireHost(s.ctx.db, s.input.hostId)
      let told = 0
      const { checks, tookMs } = await diagnose(s.ctx, host, s.input.checks, (done, of) => {
        // One commit a call: a few steps are enough to watch.
        if (done - told < 8 && done < of) return
        told = done
        void s.progress({ percent: Math.floor((100 * done) / of), seen: `${done} of ${of} checks` }).catch(() => {})
      })
      return { checks: checks.map((check) => ({ ...check }) as Json), tookMs }
    },
  })
  .onSucceeded(async (tx, s) => {
    const host = await findHost(tx, s.input.hostId)
    const bad = (s.out.look.checks as { status: string; fix?: string }[]).filter(({ status }) => status !== 'ok')
    if (host === undefined || bad.length === 0) return
    const first = bad.find(({ status }) => status === 'fail') ?? bad[0]
    await recordChange(tx, s.ctx, {
      entity: 'Host',
      entityId: host.id,
      entityUuid: host.uuid,
      from: host.status,
      to: host.status,
      cause: diagnosedCause,
      evidence: { checks: bad as Json[], ...(first?.fix === undefined ? {} : { fix: first.fix }) },
    })
  })
  .build()
