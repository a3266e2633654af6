import type { Tokens } from '@altostack/agent-api'
import type { ServerContext } from '../context.ts'

type StepTokens = { readonly key: string; readonly runId: string; readonly epoch: number }

/** Tokens of a step for one host; `part` where the step calls more than once. */
export async function stepTokens(ctx: ServerContext, hostId: number, s: StepTokens, part?: string): Promise<Tokens> {
  const host = await ctx.db.selectFrom('host').select('incarnation').where('id', '=', hostId).executeTakeFirst()
  return {
    key: part === undefined ? s.key : `${s.key}/${part}`,
    runId: s.runId,
    runEpoch: s.epoch,
    hostIncarnation: host?.incarnation ?? 0,
  }
}
