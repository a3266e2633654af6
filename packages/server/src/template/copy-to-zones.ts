import { apiFailure, templateFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { kindOf } from './image-kind.ts'
import { findStoreRef, type Template, zonesOfTemplate } from './template.repository.ts'

type Zone = Row<'data_center'>

/** Makes a template or ISO available in more zones: its one image serves them all. Answers the first of them. */
export async function copyToZones(
  tx: Tx,
  ctx: ServerContext,
  template: Template,
  wish: {
    readonly source: Zone | undefined
    readonly one: Zone | undefined
    readonly several: readonly Zone[] | undefined
  },
): Promise<Zone> {
  const zones = wish.one === undefined ? (wish.several ?? []) : [wish.one]
  const [first] = zones
  if (first === undefined) throw apiFailure('api.parameter', 'Name the zone it shall be in: destzoneid or destzoneids')
  const fail = (text: string): Error =>
    templateFailure('template.zone', text, { entities: [{ uuid: template.uuid, description: kindOf(template) }] })
  if (template.cross_zones === 1) throw fail(`${template.name} is in every zone already`)
  const ref = await findStoreRef(tx, template.id)
  if (ref?.download_state !== 'DOWNLOADED') {
    throw templateFailure('template.not-ready', `${template.name} is not downloaded`, {
      seen: ref?.error_str ?? ref?.download_state ?? 'no image',
    })
  }
  const there = new Set((await zonesOfTemplate(tx, template.id)).map((row) => row.zone_id))
  if (wish.source !== undefined && !there.has(wish.source.id)) {
    throw fail(`${template.name} is not in zone ${wish.source.name}`)
  }
  const now = ctx.runtime.now()
  for (const zone of new Map(zones.map((one) => [one.id, one])).values()) {
    if (there.has(zone.id)) throw fail(`${template.name} is in zone ${zone.name} already`)
    // A zone that it was taken from before still has its row.
    await tx
      .deleteFrom('template_zone_ref')
      .where('template_id', '=', template.id)
      .where('zone_id', '=', zone.id)
      .execute()
    await tx
      .insertInto('template_zone_ref')
      .values({ zone_id: zone.id, template_id: template.id, created: now })
      .execute()
  }
  return first
}
