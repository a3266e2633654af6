import { volumeFailure } from '@altostack/core'
import type { Owner } from '../account/owner.ts'
import { requireWithinLimits } from '../account/resource-limits.ts'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { readChecksum } from '../template/checksum.ts'
import { readUrl } from '../template/fetch-image.ts'
import { insertVolume, requireVolume } from './volume.repository.ts'
import type { Volume } from './volume.states.ts'
import { requireDiskOffering } from './volume-size.ts'

export type UploadWish = {
  readonly name: string
  /** Undefined: its owner will send it. */
  readonly url: string | undefined
  readonly zone: Row<'data_center'>
  readonly owner: Owner
  readonly offering: Row<'disk_offering'> | undefined
  readonly checksum: string | undefined
}

/** Writes a data volume whose image is still to come. Throws 431 for what does not go together. */
export async function newUpload(tx: Tx, ctx: ServerContext, wish: UploadWish): Promise<Volume> {
  const { offering, owner, zone } = wish
  if (wish.url !== undefined) readUrl(wish.url)
  if (wish.checksum !== undefined) readChecksum(wish.checksum)
  if (offering !== undefined) {
    await requireDiskOffering(tx, offering, zone.id)
    if (offering.customized !== 1) {
      throw volumeFailure('volume.offering', `Disk offering ${offering.name} has a fixed size`, {
        fix: 'The image says how large the volume is: name an offering with free size.',
      })
    }
  }
  const account = await tx.selectFrom('account').selectAll().where('id', '=', owner.accountId).executeTakeFirstOrThrow()
  await requireWithinLimits(tx, ctx, account, { volumes: 1 })
  const now = ctx.runtime.now()
  const uuid = ctx.runtime.uuid()
  const id = await insertVolume(tx, {
    uuid,
    name: wish.name,
    account_id: owner.accountId,
    domain_id: owner.domainId,
    data_center_id: zone.id,
    volume_type: 'DATADISK',
    state: wish.url === undefined ? 'NotUploaded' : 'Allocated',
    disk_offering_id: offering?.id ?? null,
    size: 0,
    format: 'QCOW2',
    provisioning_type: offering?.provisioning_type ?? 'thin',
    display_volume: 1,
    created: now,
    updated: now,
  })
  await tx
    .insertInto('volume_store_ref')
    .values({
      volume_id: id,
      download_state: 'NOT_DOWNLOADED',
      url: wish.url ?? null,
      checksum: wish.checksum ?? null,
      created: now,
      last_updated: now,
    })
    .execute()
  return await requireVolume(tx, id)
}
