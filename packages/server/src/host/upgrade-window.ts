import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'

/** Whether the cluster's declared upgrade window is open: until then its hosts may differ in versions. */
export async function isUpgrading(ctx: ServerContext, clusterId: number, db: Queries = ctx.db): Promise<boolean> {
  const until = Date.parse(await ctx.config.text('alto.cluster.upgrade.until', { clusterId }, db))
  return ctx.runtime.now() < until
}
