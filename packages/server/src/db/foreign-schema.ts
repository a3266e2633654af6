import { apiFailure } from '@altostack/core'
import type { Kysely } from 'kysely'

/** Throws when the database holds CloudStack's own schema: it is recognised and never altered. Only reads. */
export async function refuseForeignSchema(db: Kysely<unknown>): Promise<void> {
  const names = new Set((await db.introspection.getTables()).map((table) => table.name))
  if (names.has('alto_migration') || names.size === 0) return
  const cloudStack = names.has('version') && names.has('vm_instance')
  const shown = [...names].slice(0, 5).join(', ')
  throw apiFailure(
    'api.bad-request',
    cloudStack
      ? "The database holds CloudStack's own schema; nothing in it was changed"
      : 'The database holds tables that are not ours; nothing in it was changed',
    {
      seen: `tables ${shown}${names.size > 5 ? '…' : ''}`,
      fix: 'Name an empty database, or one of Altostack, in --database.',
    },
  )
}
