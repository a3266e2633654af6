import type { ServerContext } from '../../context.ts'
import { isUniqueViolation } from '../../db/errors.ts'

/** The key that was recorded for an address at first contact. */
export async function knownHostKey(ctx: ServerContext, address: string, port: number): Promise<string | undefined> {
  const row = await ctx.db
    .selectFrom('ssh_host_key')
    .select('fingerprint')
    .where('address', '=', address)
    .where('port', '=', port)
    .executeTakeFirst()
  return row?.fingerprint
}

/** Records a key that was proved: at first contact, or when an administrator has named the new one. */
export async function recordHostKey(
  ctx: ServerContext,
  address: string,
  port: number,
  fingerprint: string,
): Promise<void> {
  const known = await knownHostKey(ctx, address, port)
  if (known === fingerprint) return
  const row = { fingerprint, key_type: 'ssh', first_seen: ctx.runtime.now() }
  if (known !== undefined) {
    await ctx.db.updateTable('ssh_host_key').set(row).where('address', '=', address).where('port', '=', port).execute()
    return
  }
  try {
    await ctx.db
      .insertInto('ssh_host_key')
      .values({ address, port, ...row })
      .execute()
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
  }
}
