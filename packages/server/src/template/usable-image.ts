import { virtualMachineFailure } from '@altostack/core'
import type { Queries, Row } from '../db/database.ts'

/** Bytes as a guest sees them, and of the file. */
export type UsableImage = { readonly virtualBytes: number; readonly fileBytes: number }

/** A template or ISO that a virtual machine of the zone may be given now; throws 431 saying why not. */
export async function requireUsable(
  db: Queries,
  template: Row<'vm_template'>,
  zone: Pick<Row<'data_center'>, 'id' | 'name'>,
): Promise<UsableImage> {
  const what = template.format === 'ISO' ? 'ISO' : 'Template'
  const list = template.format === 'ISO' ? 'listIsos' : 'listTemplates'
  const fail = (text: string, fix: string): Error =>
    virtualMachineFailure('virtual-machine.template', text, {
      fix,
      entities: [{ uuid: template.uuid, description: what === 'ISO' ? what : 'template' }],
    })
  if (template.state !== 'Active') throw fail(`${what} ${template.name} is ${template.state}`, 'Use another one.')
  const inZone = await db
    .selectFrom('template_zone_ref')
    .select('id')
    .where('template_id', '=', template.id)
    .where('zone_id', '=', zone.id)
    .where('removed', 'is', null)
    .executeTakeFirst()
  if (inZone === undefined && template.cross_zones !== 1) {
    throw fail(`${what} ${template.name} is not in zone ${zone.name}`, 'Register it in the zone.')
  }
  const stored = await db
    .selectFrom('template_store_ref')
    .select(['download_state', 'size', 'physical_size', 'error_str'])
    .where('template_id', '=', template.id)
    .executeTakeFirst()
  if (stored?.download_state !== 'DOWNLOADED') {
    throw fail(
      `${what} ${template.name} is not ready: ${stored?.error_str ?? stored?.download_state ?? 'not downloaded'}`,
      `Wait until ${list} says isready, or register it again.`,
    )
  }
  return { virtualBytes: stored.size, fileBytes: stored.physical_size }
}
