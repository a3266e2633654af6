import { apiFailure, Bug, templateFailure } from '@altostack/core'
import { findAccount } from '../account/index.ts'
import type { Owner } from '../account/owner.ts'
import { requireWithinLimits } from '../account/resource-limits.ts'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { recordChange } from '../event/index.ts'
import { readChecksum } from './checksum.ts'
import { readUrl } from './fetch-image.ts'
import type { Template } from './template.repository.ts'
import { templateDownloadWorkflow } from './workflows/template-download.ts'

export type NewTemplate = {
  readonly name: string
  readonly displayText: string | undefined
  /** Undefined: its owner will send the image. */
  readonly url: string | undefined
  readonly format: 'QCOW2' | 'RAW' | 'ISO'
  /** Of an ISO. */
  readonly bootable?: boolean
  readonly passwordEnabled: boolean
  readonly sshKeyEnabled: boolean
  readonly hypervisor: string
  readonly osType: Row<'guest_os'> | undefined
  readonly owner: Owner
  readonly isPublic: boolean
  readonly isFeatured: boolean
  readonly isExtractable: boolean
  readonly dynamicallyScalable: boolean
  readonly bits: number
  readonly arch: string
  readonly tag: string | undefined
  readonly checksum: string | undefined
  readonly details: Readonly<Record<string, string>>
  /** None: every zone, those of tomorrow too. */
  readonly zones: readonly Row<'data_center'>[]
}

/** Writes a template and starts fetching its image. Throws AltoError for what cannot be fetched or may not be done. */
export async function registerNewTemplate(
  tx: Tx,
  ctx: ServerContext,
  caller: Caller,
  wanted: NewTemplate,
): Promise<Template> {
  if (wanted.url !== undefined) readUrl(wanted.url)
  if (wanted.checksum !== undefined) readChecksum(wanted.checksum)
  await refusePublic(tx, ctx, caller, wanted)
  const account = await findAccount(tx, wanted.owner.accountId)
  if (account === undefined) throw new Bug('the owner of a new template is not there')
  await requireWithinLimits(tx, ctx, account, { templates: 1 })
  const now = ctx.runtime.now()
  const uuid = ctx.runtime.uuid()
  const { insertId } = await tx
    .insertInto('vm_template')
    .values({
      uuid,
      name: wanted.name,
      unique_name: uuid,
      display_text: wanted.displayText ?? wanted.name,
      public: wanted.isPublic ? 1 : 0,
      featured: wanted.isFeatured ? 1 : 0,
      bits: wanted.bits,
      url: wanted.url ?? null,
      format: wanted.format,
      bootable: wanted.bootable === false ? 0 : 1,
      enable_password: wanted.passwordEnabled ? 1 : 0,
      enable_sshkey: wanted.sshKeyEnabled ? 1 : 0,
      account_id: wanted.owner.accountId,
      domain_id: wanted.owner.domainId,
      checksum: wanted.checksum ?? null,
      guest_os_id: wanted.osType?.id ?? (await defaultOsType(tx)),
      cross_zones: wanted.zones.length === 0 ? 1 : 0,
      extractable: wanted.isExtractable ? 1 : 0,
      hypervisor_type: wanted.hypervisor,
      template_tag: wanted.tag ?? null,
      dynamically_scalable: wanted.dynamicallyScalable ? 1 : 0,
      arch: wanted.arch,
      created: now,
    })
    .executeTakeFirstOrThrow()
  const templateId = Number(insertId)
  for (const [name, value] of Object.entries(wanted.details)) {
    await tx.insertInto('vm_template_details').values({ template_id: templateId, name, value }).execute()
  }
  for (const zone of wanted.zones) {
    await tx
      .insertInto('template_zone_ref')
      .values({ zone_id: zone.id, template_id: templateId, created: now })
      .execute()
  }
  const runId = wanted.url === undefined ? null : ctx.runtime.uuid()
  await tx
    .insertInto('template_store_ref')
    .values({
      template_id: templateId,
      download_state: 'NOT_DOWNLOADED',
      run_id: runId,
      created: now,
      last_updated: now,
    })
    .execute()
  if (runId !== null) {
    const input = { templateId, templateUuid: uuid }
    await ctx.engine.start(tx, templateDownloadWorkflow, input, { id: runId, lockKey: `template:${templateId}` })
    ctx.afterCommit(() => ctx.engine.kick(runId))
  }
  await recordChange(tx, ctx, {
    entity: 'Template',
    entityId: templateId,
    entityUuid: uuid,
    from: null,
    to: 'NOT_DOWNLOADED',
    cause: 'template.register',
    accountId: wanted.owner.accountId,
    domainId: wanted.owner.domainId,
  })
  return await tx.selectFrom('vm_template').selectAll().where('id', '=', templateId).executeTakeFirstOrThrow()
}

async function refusePublic(tx: Tx, ctx: ServerContext, caller: Caller, wanted: NewTemplate): Promise<void> {
  if (isRootAdmin(caller)) return
  if (wanted.isFeatured)
    throw templateFailure('template.public', 'Only a root administrator registers featured templates')
  if (!wanted.isPublic) return
  const scope = { accountId: wanted.owner.accountId }
  if (await ctx.config.flag('allow.public.user.templates', scope, tx)) return
  throw templateFailure('template.public', 'Accounts may not register public templates here')
}

async function defaultOsType(tx: Tx): Promise<number> {
  const row = await tx
    .selectFrom('guest_os')
    .select('id')
    .where('display_name', 'in', ['Other Linux (64-bit)', 'Other Linux'])
    .where('removed', 'is', null)
    // The 64-bit one of two that share the short name.
    .orderBy('id', 'desc')
    .executeTakeFirst()
  if (row === undefined) throw apiFailure('api.parameter', 'ostypeid is needed: there is no default OS type')
  return row.id
}
