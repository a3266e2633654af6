import { errorText } from '@altostack/core'
import type { RunPlace } from '@altostack/workflow'
import { alertTypes, raiseAlert } from '../alert/index.ts'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'

type Trouble = RunPlace & { readonly error?: unknown; readonly deadlineMs?: number }

const texts = {
  stuck: (run: Trouble) => `${run.workflow} cannot be undone and waits for somebody: ${errorText(run.error)}`,
  bug: (run: Trouble) => `${run.workflow} met an error that nobody foresaw: ${errorText(run.error)}`,
  late: (run: Trouble) => `${run.workflow} has been in one step for more than ${run.deadlineMs} ms`,
} as const

/** A run that is stuck, late or met a bug is told to the administrator. */
export function raiseRunAlert(ctx: ServerContext, kind: keyof typeof texts, run: Trouble): void {
  ctx.log.error({ runId: run.runId, workflow: run.workflow, step: run.step, kind, err: run.error }, 'run in trouble')
  const content = `Run ${run.runId}, step ${run.step ?? '-'}. The server's log has more under this run's id.`
  transact(ctx, (tx) =>
    raiseAlert(tx, ctx, { type: alertTypes.managementNode, subject: texts[kind](run), content }),
  ).catch((error: unknown) => ctx.log.error({ err: error }, 'an alert could not be written'))
}
