import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { kvmLabel } from '../network/index.ts'

const defaultBridge = 'cloudbr0'

/** Bridge of a kind of traffic on hosts of a zone: its label, else the setting, else cloudbr0. */
export async function bridgeFor(
  ctx: ServerContext,
  zoneId: number,
  traffic: 'Management' | 'Guest',
  db: Queries = ctx.db,
): Promise<string> {
  const setting = traffic === 'Management' ? 'kvm.private.network.device' : 'kvm.guest.network.device'
  const label = (await kvmLabel(db, zoneId, traffic)) ?? (await ctx.config.text(setting, {}, db))
  if (label !== '') return label
  return traffic === 'Guest' ? await bridgeFor(ctx, zoneId, 'Management', db) : defaultBridge
}
