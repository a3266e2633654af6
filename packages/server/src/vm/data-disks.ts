import { apiFailure } from '@altostack/core'
import { accessRules } from '../auth/access-rules.ts'
import type { Queries, Row } from '../db/database.ts'
import { offeredBytes, requireDiskOffering } from '../volume/index.ts'
import type { DataDiskWish, DeployCall } from './deploy-request.ts'

type Wish = { readonly offering: Row<'disk_offering'>; readonly size: number | undefined; readonly deviceId?: number }

/** The data disks that a deploy asks for: one by diskofferingid and size, or a list in datadisksdetails. */
export async function readDataDisks(db: Queries, call: DeployCall): Promise<readonly DataDiskWish[]> {
  const { ctx, input, entities } = call
  const zone = entities.zoneid
  const wishes: Wish[] = []
  // Deployed from an ISO it is the root disk's.
  const named = entities.templateid.format === 'ISO' ? undefined : entities.diskofferingid
  if (named !== undefined) wishes.push({ offering: named, size: input.size })
  else if (input.size !== undefined && entities.diskofferingid === undefined) {
    throw apiFailure('api.parameter', 'size is the size of a data disk: it needs diskofferingid', {
      fix: 'For the root disk use rootdisksize.',
    })
  }
  if ((input.datadisksdetails?.length ?? 0) > 0 && wishes.length > 0) {
    throw apiFailure('api.parameter', 'diskofferingid and datadisksdetails cannot be used together')
  }
  for (const item of input.datadisksdetails ?? []) {
    const offering = await namedOffering(db, call, item.diskofferingid ?? '')
    const deviceId = item.deviceid === undefined ? undefined : wholeNumber('deviceid', item.deviceid)
    wishes.push({
      offering,
      size: item.size === undefined ? undefined : wholeNumber('size', item.size),
      ...(deviceId === undefined ? {} : { deviceId }),
    })
  }
  const taken = new Set<number>(wishes.flatMap((wish) => wish.deviceId ?? []))
  const disks: DataDiskWish[] = []
  let next = 1
  for (const { offering, size, deviceId } of wishes) {
    await requireDiskOffering(db, offering, zone.id)
    while (taken.has(next) || next === 3) next++
    const id = deviceId ?? next
    if (deviceId === undefined) taken.add(id)
    if (id < 1 || id > 25 || id === 3 || disks.some((disk) => disk.deviceId === id)) {
      throw apiFailure('api.parameter', `datadisksdetails: deviceid ${id} cannot be used or is used twice`)
    }
    disks.push({ offering, bytes: await offeredBytes(db, ctx, offering, size), deviceId: id })
  }
  return disks
}

async function namedOffering(db: Queries, { caller }: DeployCall, uuid: string): Promise<Row<'disk_offering'>> {
  const offering = await db
    .selectFrom('disk_offering')
    .selectAll()
    .where('uuid', '=', uuid)
    .where('removed', 'is', null)
    .executeTakeFirst()
  if (offering === undefined) throw apiFailure('api.parameter', `datadisksdetails: there is no disk offering ${uuid}`)
  if (await accessRules.DiskOffering.may(db, caller, offering, 'use')) return offering
  throw apiFailure('api.permission', `The caller may not use disk offering ${offering.name}`)
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw apiFailure('api.parameter', `datadisksdetails: ${name} is not a whole number`, { seen: text })
}
