import type { HostFacts } from '@altostack/agent-api'
import type { Queries } from '../db/database.ts'
import { differencesOf, differenceText } from '../host/index.ts'

/** How the destination's hypervisor and CPU differ from those of the source, for a refused CPU; empty where nothing is known. */
export async function hostDifferences(db: Queries, sourceId: number, destinationId: number): Promise<string> {
  const rows = await db
    .selectFrom('host')
    .select(['id', 'name', 'facts'])
    .where('id', 'in', [sourceId, destinationId])
    .execute()
  const read = (id: number): { name: string; facts: HostFacts } | undefined => {
    const row = rows.find((one) => one.id === id)
    if (row === undefined || row.facts === null) return undefined
    return { name: row.name, facts: JSON.parse(row.facts) as HostFacts }
  }
  const [source, destination] = [read(sourceId), read(destinationId)]
  if (source === undefined || destination === undefined) return ''
  return differencesOf(destination.facts, [source]).map(differenceText).join('; ')
}
