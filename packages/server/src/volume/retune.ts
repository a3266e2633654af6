import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { volumeTuneWorkflow } from './workflows/volume-tune.ts'

/** Starts a run for each disk of the offering that a running guest has, in the caller's transaction. */
export async function retuneVolumes(tx: Tx, ctx: ServerContext, offeringId: number): Promise<void> {
  const rows = await tx
    .selectFrom('volumes')
    .innerJoin('vm_instance', 'vm_instance.id', 'volumes.instance_id')
    .select('volumes.id')
    .where('volumes.disk_offering_id', '=', offeringId)
    .where('volumes.removed', 'is', null)
    .where('vm_instance.state', 'in', ['Running', 'Migrating'])
    .execute()
  for (const { id } of rows) {
    const runId = await ctx.engine.start(tx, volumeTuneWorkflow, { volumeId: id })
    ctx.afterCommit(() => ctx.engine.kick(runId))
  }
}
