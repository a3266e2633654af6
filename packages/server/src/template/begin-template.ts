import { apiFailure, templateFailure, volumeFailure } from '@altostack/core'
import { requireWithinLimits } from '../account/resource-limits.ts'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { Submission } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { imageOf, requireBackedUp } from '../snapshot/snapshot-image.ts'
import { chooseSite, moveVolume, ownerVm, requireVolumeState, type Site, volumeLock } from '../volume/index.ts'
import { templateCreateWorkflow } from './workflows/template-create.ts'

export type TemplateWish = {
  readonly name: string
  readonly displayText: string | undefined
  readonly osTypeId: number
  readonly isPublic: boolean
  readonly isFeatured: boolean
  readonly passwordEnabled: boolean
  readonly sshKeyEnabled: boolean
  readonly dynamicallyScalable: boolean
  readonly tag: string | undefined
  readonly arch: string
  readonly details: Readonly<Record<string, string>>
  readonly zone: Row<'data_center'> | undefined
  readonly owner: { readonly accountId: number; readonly domainId: number } | undefined
  readonly snapshot: Row<'snapshots'> | undefined
  readonly volume: Row<'volumes'> | undefined
}

/** Writes the rows of a template made of a snapshot or of a volume at rest, and says which workflow makes its image. */
export async function beginTemplate(
  tx: Tx,
  ctx: ServerContext,
  caller: Caller,
  wish: TemplateWish,
): Promise<Submission> {
  const { snapshot, volume } = wish
  if ((snapshot === undefined) === (volume === undefined)) {
    throw apiFailure('api.parameter', 'Name what it is made of: snapshotid or volumeid')
  }
  await refusePublic(tx, ctx, caller, wish)
  const source = (snapshot ?? volume)!
  const owner = wish.owner ?? { accountId: source.account_id, domainId: source.domain_id }
  const account = await tx.selectFrom('account').selectAll().where('id', '=', owner.accountId).executeTakeFirstOrThrow()
  let site: Site | null = null
  let bytes = 0
  if (snapshot !== undefined) {
    requireBackedUp(snapshot)
    bytes = (await imageOf(tx, snapshot.id)).sizeBytes
  }
  if (volume !== undefined) {
    requireVolumeState(volume, ['Ready'], 'a template')
    const vm = await ownerVm(tx, volume, 'a template')
    if (vm !== undefined && vm.state !== 'Stopped') {
      throw volumeFailure('volume.state', `Virtual machine ${vm.name} has the volume and is ${vm.state}`, {
        fix: 'Stop it first, or make a snapshot and the template of that.',
      })
    }
    bytes = volume.physical_size ?? 0
    site = await chooseSite(tx, ctx, undefined, [volume.pool_id!])
  }
  await requireWithinLimits(tx, ctx, account, { templates: 1, imageBytes: bytes })
  const now = ctx.runtime.now()
  const uuid = ctx.runtime.uuid()
  const { insertId } = await tx
    .insertInto('vm_template')
    .values({
      uuid,
      name: wish.name,
      unique_name: uuid,
      display_text: wish.displayText ?? wish.name,
      public: wish.isPublic ? 1 : 0,
      featured: wish.isFeatured ? 1 : 0,
      format: 'QCOW2',
      enable_password: wish.passwordEnabled ? 1 : 0,
      enable_sshkey: wish.sshKeyEnabled ? 1 : 0,
      account_id: owner.accountId,
      domain_id: owner.domainId,
      guest_os_id: wish.osTypeId,
      cross_zones: wish.zone === undefined ? 1 : 0,
      hypervisor_type: 'KVM',
      template_tag: wish.tag ?? null,
      dynamically_scalable: wish.dynamicallyScalable ? 1 : 0,
      arch: wish.arch,
      created: now,
    })
    .executeTakeFirstOrThrow()
  const templateId = Number(insertId)
  for (const [name, value] of Object.entries(wish.details)) {
    await tx.insertInto('vm_template_details').values({ template_id: templateId, name, value }).execute()
  }
  if (wish.zone !== undefined) {
    await tx
      .insertInto('template_zone_ref')
      .values({ zone_id: wish.zone.id, template_id: templateId, created: now })
      .execute()
  }
  await tx
    .insertInto('template_store_ref')
    .values({ template_id: templateId, download_state: 'NOT_DOWNLOADED', created: now, last_updated: now })
    .execute()
  if (volume !== undefined) await moveVolume(tx, ctx, volume, 'SnapshotRequested', { cause: 'template.create' })
  return {
    workflow: templateCreateWorkflow,
    lockKey: volume === undefined ? `template:${templateId}` : volumeLock(volume),
    instance: { type: 'Template', id: templateId, uuid },
    owner,
    input: { templateId, snapshotId: snapshot?.id ?? null, volumeId: volume?.id ?? null, site },
  }
}

async function refusePublic(tx: Tx, ctx: ServerContext, caller: Caller, wish: TemplateWish): Promise<void> {
  if (isRootAdmin(caller)) return
  if (wish.isFeatured) throw templateFailure('template.public', 'Only a root administrator makes featured templates')
  if (!wish.isPublic) return
  if (await ctx.config.flag('allow.public.user.templates', { accountId: caller.accountId }, tx)) return
  throw templateFailure('template.public', 'Accounts may not make public templates here')
}
