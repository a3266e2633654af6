import type { ResponseValue, templateResponse } from '@altostack/api'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { Queries } from '../db/database.ts'
import { domainNames, ownerNames, placeNames } from '../inventory/index.ts'
import { withTags } from '../tag/index.ts'
import { withoutSecrets } from './fetch-image.ts'
import type { StoreRef } from './template.states.ts'
import type { TemplateLine } from './template-list.ts'

export type TemplateView = ResponseValue<typeof templateResponse>

/** Templates as answers, one a line; `detailed: false` leaves out what costs further queries. */
export async function templateViews(
  db: Queries,
  caller: Caller,
  lines: readonly TemplateLine[],
  detailed = true,
): Promise<TemplateView[]> {
  const ids = [...new Set(lines.map((line) => line.templateId))]
  if (ids.length === 0) return []
  const templates = await db.selectFrom('vm_template').selectAll().where('id', 'in', ids).execute()
  const refs = await db.selectFrom('template_store_ref').selectAll().where('template_id', 'in', ids).execute()
  const details = detailed
    ? await db.selectFrom('vm_template_details').selectAll().where('template_id', 'in', ids).execute()
    : []
  const osIds = [...new Set(templates.map((template) => template.guest_os_id))]
  const osTypes = await db
    .selectFrom('guest_os')
    .select(['id', 'uuid', 'display_name'])
    .where('id', 'in', osIds)
    .execute()
  const stores = new Map(
    (await db.selectFrom('image_store').select(['id', 'name']).execute()).map((row) => [row.id, row.name]),
  )
  const zones = await placeNames(
    db,
    'data_center',
    lines.map((line) => line.zoneId),
  )
  const owners = await ownerNames(
    db,
    templates.map((template) => template.account_id),
  )
  const domains = await domainNames(
    db,
    templates.map((template) => template.domain_id),
  )
  const views = lines.flatMap((line) => {
    const template = templates.find((one) => one.id === line.templateId)
    if (template === undefined) return []
    const ref = refs.find((one) => one.template_id === template.id)
    const os = osTypes.find((one) => one.id === template.guest_os_id)
    const zone = line.zoneId === null ? undefined : zones.get(line.zoneId)
    const own = details.filter((row) => row.template_id === template.id)
    const mine = isRootAdmin(caller) || template.account_id === caller.accountId
    return {
      id: template.uuid,
      name: template.name,
      displaytext: template.display_text,
      ispublic: template.public === 1,
      created: template.created,
      removed: template.removed,
      isready: ref?.download_state === 'DOWNLOADED',
      passwordenabled: template.enable_password === 1,
      format: template.format,
      bootable: template.bootable === 1,
      isfeatured: template.featured === 1,
      crossZones: template.cross_zones === 1,
      ostypeid: os?.uuid,
      ostypename: os?.display_name,
      accountid: owners.get(template.account_id)?.uuid,
      account: owners.get(template.account_id)?.account,
      domainid: domains.get(template.domain_id)?.uuid,
      domain: domains.get(template.domain_id)?.name,
      domainpath: domains.get(template.domain_id)?.path,
      zoneid: zone?.uuid,
      zonename: zone?.name,
      status: mine ? statusText(ref) : null,
      size: ref === undefined || ref.size === 0 ? null : ref.size,
      physicalsize: ref === undefined || ref.physical_size === 0 ? null : ref.physical_size,
      templatetype: template.type,
      hypervisor: template.hypervisor_type,
      isextractable: template.extractable === 1,
      checksum: template.checksum ?? (ref?.sha256 ? `{SHA-256}${ref.sha256}` : null),
      templatetag: template.template_tag,
      details: own.length === 0 ? null : Object.fromEntries(own.map((row) => [row.name, row.value])),
      downloaddetails:
        detailed && isRootAdmin(caller) && ref !== undefined
          ? [downloadDetails(ref, stores.get(ref.store_id ?? 0) ?? 'server')]
          : null,
      arch: template.arch,
      bits: template.bits,
      sshkeyenabled: template.enable_sshkey === 1,
      isdynamicallyscalable: template.dynamically_scalable === 1,
      requireshvm: template.hvm === 1,
      url: mine && template.url !== null ? withoutSecrets(template.url) : null,
    }
  })
  return await withTags(db, views)
}

function statusText(ref: StoreRef | undefined): string {
  switch (ref?.download_state) {
    case 'DOWNLOADED':
      return 'Download Complete'
    case 'DOWNLOAD_IN_PROGRESS':
      return ref.download_pct === 100 ? 'Installing Template' : `${ref.download_pct}% Downloaded`
    case 'DOWNLOAD_ERROR':
      return ref.error_str ?? 'Download failed'
    case 'ABANDONED':
      return 'Abandoned'
    default:
      return ref?.run_id === null ? 'Waiting for upload' : 'Waiting for download'
  }
}

function downloadDetails(ref: StoreRef, datastore: string): Readonly<Record<string, string>> {
  return {
    datastore,
    downloadPercent: String(ref.download_pct),
    downloadState: ref.download_state,
  }
}
