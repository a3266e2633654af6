import { readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import { cloudStackVersion } from '../system/version.ts'

/** Beside the keys: who this server is among those of the database, through all its starts. */
const idFile = 'server-id'

/**
 * Writes this process into the row of its data directory among the management servers, which is made at the first start.
 * Answers the row's id: hosts name it as the server that has their connection.
 */
export async function enterServer(ctx: ServerContext, port: number): Promise<number> {
  const uuid = serverUuid(ctx)
  const now = ctx.runtime.now()
  const values = {
    incarnation: ctx.incarnation,
    name: hostname(),
    state: 'Up',
    version: cloudStackVersion,
    service_port: port,
    last_update: now,
    removed: null,
  }
  return await transact(ctx, async (tx) => {
    const known = await tx.selectFrom('mshost').select('id').where('uuid', '=', uuid).executeTakeFirst()
    if (known !== undefined) {
      await tx.updateTable('mshost').set(values).where('id', '=', known.id).execute()
      return known.id
    }
    // Its number is as good as CloudStack's, which is made of a network address: 48 bits, the same at each start.
    const msid = Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16)
    const { insertId } = await tx
      .insertInto('mshost')
      .values({ ...values, uuid, msid, created: now })
      .executeTakeFirstOrThrow()
    return Number(insertId)
  })
}

function serverUuid(ctx: ServerContext): string {
  const path = join(ctx.dataDir, idFile)
  try {
    const known = readFileSync(path, 'utf8').trim()
    if (/^[0-9a-f-]{36}$/.test(known)) return known
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const made = ctx.runtime.uuid()
  writeFileSync(path, `${made}\n`, { mode: 0o600 })
  return made
}
