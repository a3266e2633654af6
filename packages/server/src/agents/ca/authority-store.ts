import { Bug } from '@altostack/core'
import { settingPurpose } from '../../config/config.ts'
import type { ServerContext } from '../../context.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { transact } from '../../db/transaction.ts'
import { type AuthorityMaterial, createAuthorityMaterial } from './certificate-authority.ts'

const certificateName = 'ca.plugin.root.ca.certificate'
const keyName = 'ca.plugin.root.private.key'

/**
 * The authority of this cloud, made at the first start. It stands in the database, its key sealed, so that every
 * management server has the same one; names of the rows are CloudStack's.
 */
export async function loadAuthority(ctx: ServerContext): Promise<AuthorityMaterial> {
  const stored = await readAuthority(ctx)
  if (stored !== undefined) return stored
  const made = await createAuthorityMaterial(ctx.runtime)
  try {
    await transact(ctx, async (tx) => {
      const base = { category: 'Hidden', component: 'RootCAProvider', updated: ctx.runtime.now() }
      await tx
        .insertInto('configuration')
        .values([
          { ...base, name: keyName, value: ctx.secrets.seal(settingPurpose(keyName), made.key), encrypted: 1 },
          { ...base, name: certificateName, value: made.certificate, encrypted: 0 },
        ])
        .execute()
    })
    return made
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
  }
  // Another server of the same database was first.
  const theirs = await readAuthority(ctx)
  if (theirs === undefined) throw new Bug('the certificate authority is neither stored nor storable')
  return theirs
}

async function readAuthority(ctx: ServerContext): Promise<AuthorityMaterial | undefined> {
  const rows = await ctx.db
    .selectFrom('configuration')
    .select(['name', 'value'])
    .where('name', 'in', [certificateName, keyName])
    .execute()
  const value = (name: string): string | undefined => rows.find((row) => row.name === name)?.value ?? undefined
  const certificate = value(certificateName)
  const sealed = value(keyName)
  if (certificate === undefined && sealed === undefined) return undefined
  if (certificate === undefined || sealed === undefined) {
    throw new Bug('half of the certificate authority is missing in table configuration', {
      certificate: certificate !== undefined,
      key: sealed !== undefined,
    })
  }
  return { certificate, key: ctx.secrets.open(settingPurpose(keyName), sealed) }
}
