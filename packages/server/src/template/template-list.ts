import { apiFailure } from '@altostack/core'
import { type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { inScope } from '../auth/ownership.ts'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { Database, Queries } from '../db/database.ts'
import { keywordPattern, type Page } from '../db/page.ts'
import { carriesTag, type TagPair } from '../tag/index.ts'

export const templateFilters = [
  'featured',
  'self',
  'selfexecutable',
  'sharedexecutable',
  'executable',
  'community',
  'shared',
  'all',
] as const
export type TemplateFilterName = (typeof templateFilters)[number]

export type TemplateQuery = {
  readonly filter: TemplateFilterName
  /** ISOs, or all that is none. */
  readonly iso: boolean
  readonly bootable?: boolean
  readonly isPublic?: boolean
  /** Null: the server's own. */
  readonly storeId?: number | null
  readonly ids?: readonly number[]
  readonly name?: string
  readonly keyword?: string
  readonly zoneId?: number
  readonly hypervisor?: string
  readonly arch?: string
  readonly templateType?: string
  readonly osCategoryUuid?: string
  readonly isReady?: boolean
  readonly poolId?: number
  readonly showRemoved?: boolean
  /** Each template once instead of once a zone. */
  readonly unique?: boolean
  readonly tags?: readonly TagPair[]
  /** Asked for what no template has (parents). */
  readonly nothing?: boolean
}
/** One line of the answer: a template in a zone. */
export type TemplateLine = { readonly templateId: number; readonly zoneId: number | null }

type Builder = ExpressionBuilder<
  Database & { vm_template: Database['vm_template'] },
  'vm_template' | 'template_store_ref'
>

/** Lines that the caller may see under CloudStack's template filters. */
export async function listTemplateLines(
  db: Queries,
  caller: Caller,
  scope: OwnershipScope,
  query: TemplateQuery,
  page: Page,
): Promise<{ readonly count: number; readonly lines: readonly TemplateLine[] }> {
  if (query.filter === 'all' && !isRootAdmin(caller)) {
    throw apiFailure('api.parameter', 'Filter all can be specified by a root administrator only')
  }
  if (query.nothing === true) return { count: 0, lines: [] }
  let base = db
    .selectFrom('vm_template')
    .innerJoin('template_store_ref', 'template_store_ref.template_id', 'vm_template.id')
    .where((eb) => visible(eb as unknown as Builder, caller, scope, query.filter))
    .where('vm_template.format', query.iso ? '=' : '!=', 'ISO')
  if (query.bootable !== undefined) base = base.where('vm_template.bootable', '=', query.bootable ? 1 : 0)
  if (query.isPublic !== undefined) base = base.where('vm_template.public', '=', query.isPublic ? 1 : 0)
  if (query.storeId === null) base = base.where('template_store_ref.store_id', 'is', null)
  else if (query.storeId !== undefined) base = base.where('template_store_ref.store_id', '=', query.storeId)
  if (query.showRemoved !== true) base = base.where('vm_template.removed', 'is', null)
  if (query.ids !== undefined) base = base.where('vm_template.id', 'in', [...query.ids, -1])
  if (query.name !== undefined) base = base.where('vm_template.name', '=', query.name)
  if (query.keyword !== undefined) base = base.where('vm_template.name', 'like', keywordPattern(query.keyword))
  if (query.hypervisor !== undefined) base = base.where('vm_template.hypervisor_type', '=', query.hypervisor)
  if (query.arch !== undefined) base = base.where('vm_template.arch', '=', query.arch)
  if (query.templateType !== undefined) base = base.where('vm_template.type', '=', query.templateType.toUpperCase())
  if (query.tags !== undefined) base = base.where(carriesTag('vm_template.uuid', query.tags))
  if (query.isReady !== undefined) {
    base = base.where('template_store_ref.download_state', query.isReady ? '=' : '!=', 'DOWNLOADED')
  }
  if (query.poolId !== undefined) {
    const poolId = query.poolId
    base = base.where('vm_template.id', 'in', (eb) =>
      eb
        .selectFrom('template_spool_ref')
        .select('template_id')
        .where('pool_id', '=', poolId)
        .where('state', '=', 'Ready'),
    )
  }
  if (query.osCategoryUuid !== undefined) {
    const uuid = query.osCategoryUuid
    base = base.where('vm_template.guest_os_id', 'in', (eb) =>
      eb
        .selectFrom('guest_os')
        .innerJoin('guest_os_category', 'guest_os_category.id', 'guest_os.category_id')
        .select('guest_os.id')
        .where('guest_os_category.uuid', '=', uuid),
    )
  }
  if (query.unique === true && query.zoneId === undefined) {
    const { total } = await base.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    const rows = await base
      .select('vm_template.id')
      .orderBy('vm_template.sort_key')
      .orderBy('vm_template.id')
      .limit(page.limit)
      .offset(page.offset)
      .execute()
    return { count: Number(total), lines: rows.map((row) => ({ templateId: row.id, zoneId: null })) }
  }
  let zoned = base
    .innerJoin('data_center', (join) => join.on(sql<SqlBool>`1 = 1`))
    .where('data_center.removed', 'is', null)
    .where((eb) =>
      eb.or([
        eb('vm_template.cross_zones', '=', 1),
        eb.exists(
          eb
            .selectFrom('template_zone_ref')
            .select('template_zone_ref.id')
            .whereRef('template_zone_ref.template_id', '=', 'vm_template.id')
            .whereRef('template_zone_ref.zone_id', '=', 'data_center.id')
            .where('template_zone_ref.removed', 'is', null),
        ),
      ]),
    )
  if (query.zoneId !== undefined) zoned = zoned.where('data_center.id', '=', query.zoneId)
  const { total } = await zoned.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const rows = await zoned
    .select(['vm_template.id as templateId', 'data_center.id as zoneId'])
    .orderBy('vm_template.sort_key')
    .orderBy('vm_template.id')
    .orderBy('data_center.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
  return { count: Number(total), lines: rows }
}

function visible(eb: Builder, caller: Caller, scope: OwnershipScope, filter: TemplateFilterName) {
  const ready = eb('template_store_ref.download_state', '=', 'DOWNLOADED')
  const own = inScope<'vm_template' | 'template_store_ref'>(scope, {
    account: 'vm_template.account_id',
    domain: 'vm_template.domain_id',
  })(eb as never)
  const open = eb('vm_template.public', '=', 1)
  // Strangers see what is ready; owners and administrators see their own on its way too.
  const seen = isRootAdmin(caller) ? eb.lit(true) : eb.or([ready, eb('vm_template.account_id', '=', caller.accountId)])
  const shared = eb(
    'vm_template.id',
    'in',
    eb
      .selectFrom('launch_permission' as never)
      .select('launch_permission.template_id' as never)
      .where('launch_permission.account_id' as never, '=', caller.accountId as never) as never,
  )
  switch (filter) {
    case 'shared':
      return shared
    case 'sharedexecutable':
      return eb.and([shared, ready])
    case 'featured':
      return eb.and([open, eb('vm_template.featured', '=', 1), seen])
    case 'community':
      return eb.and([open, eb('vm_template.featured', '=', 0), seen])
    case 'self':
      return own
    case 'selfexecutable':
      return eb.and([own, ready])
    case 'executable':
      return eb.and([eb.or([own, open, shared]), ready])
    default:
      return eb.lit(true)
  }
}
