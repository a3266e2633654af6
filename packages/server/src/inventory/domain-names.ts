import type { Queries } from '../db/database.ts'

export type DomainName = {
  readonly uuid: string
  readonly name: string
  /** As clients see it: `ROOT`, `ROOT/a`. */
  readonly path: string
}

/** `/a/b/` as `ROOT/a/b`. */
export function shownDomainPath(path: string): string {
  return `ROOT${path.replace(/\/$/, '')}`
}

/** Uuid, name and path of domains by id; nulls and repeats are welcome. */
export async function domainNames(db: Queries, ids: readonly (number | null)[]): Promise<Map<number, DomainName>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))]
  if (wanted.length === 0) return new Map()
  const rows = await db.selectFrom('domain').select(['id', 'uuid', 'name', 'path']).where('id', 'in', wanted).execute()
  return new Map(rows.map((row) => [row.id, { ...row, path: shownDomainPath(row.path) }]))
}
