import { volumeFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries, Row } from '../db/database.ts'

export const GIB = 1024 ** 3

/**
 * Bytes of a disk of this offering: the offering's own size, or what the owner chose of one with free size. Throws 431
 * with the bounds.
 */
export async function offeredBytes(
  db: Queries,
  ctx: ServerContext,
  offering: Row<'disk_offering'>,
  askedGib: number | undefined,
): Promise<number> {
  if (offering.customized !== 1 && offering.disk_size > 0) {
    if (askedGib === undefined || askedGib * GIB === offering.disk_size) return offering.disk_size
    throw volumeFailure(
      'volume.size',
      `Disk offering ${offering.name} has a size of its own, ${Math.round(offering.disk_size / GIB)} GiB`,
      { seen: `${askedGib} GiB asked`, fix: 'Leave size out, or use an offering with free size.' },
    )
  }
  if (askedGib === undefined) {
    throw volumeFailure('volume.size', `Disk offering ${offering.name} leaves the size to you: size is needed`)
  }
  const smallest = await ctx.config.number('custom.diskoffering.size.min', {}, db)
  const largest = Math.min(
    await ctx.config.number('custom.diskoffering.size.max', {}, db),
    await ctx.config.number('storage.max.volume.size', {}, db),
  )
  if (askedGib < smallest || askedGib > largest) {
    throw volumeFailure('volume.size', `A disk of free size has ${smallest} to ${largest} GiB, ${askedGib} are asked`, {
      seen: `${askedGib} GiB`,
    })
  }
  return askedGib * GIB
}

/** Throws 431 for an offering that makes no data disks here. */
export async function requireDiskOffering(
  db: Queries,
  offering: Row<'disk_offering'>,
  zoneId: number | undefined,
): Promise<void> {
  const fail = (text: string): Error =>
    volumeFailure('volume.offering', text, { entities: [{ uuid: offering.uuid, description: 'disk offering' }] })
  if (offering.compute_only === 1) throw fail(`Disk offering ${offering.name} belongs to a service offering`)
  if (offering.state !== 'Active') throw fail(`Disk offering ${offering.name} is ${offering.state}`)
  if (zoneId === undefined) return
  const zones = await db
    .selectFrom('disk_offering_details')
    .select('value')
    .where('disk_offering_id', '=', offering.id)
    .where('name', '=', 'zoneid')
    .execute()
  if (zones.length > 0 && !zones.some((row) => Number(row.value) === zoneId)) {
    throw fail(`Disk offering ${offering.name} is not offered in the zone`)
  }
}
