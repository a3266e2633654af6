import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'

export const userSecretPurpose = 'user.secret_key'
export type UserKeys = { readonly apiKey: string; readonly secretKey: string }

/** Gives a user fresh keys: 86 characters of base64url each, as long as CloudStack's. The old ones stop working. */
export async function registerKeys(
  tx: Tx,
  ctx: Pick<ServerContext, 'runtime' | 'secrets'>,
  userId: number,
): Promise<UserKeys> {
  const fresh = (): string => Buffer.from(ctx.runtime.randomBytes(64)).toString('base64url')
  const keys = { apiKey: fresh(), secretKey: fresh() }
  await tx
    .updateTable('user')
    .set({ api_key: keys.apiKey, secret_key: ctx.secrets.seal(userSecretPurpose, keys.secretKey) })
    .where('id', '=', userId)
    .execute()
  return keys
}

/** The keys that a user has, or undefined. */
export function openKeys(
  ctx: Pick<ServerContext, 'secrets'>,
  row: { readonly api_key: string | null; readonly secret_key: string | null },
): UserKeys | undefined {
  if (row.api_key === null || row.secret_key === null) return undefined
  return { apiKey: row.api_key, secretKey: ctx.secrets.open(userSecretPurpose, row.secret_key) }
}
