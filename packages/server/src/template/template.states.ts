import { type JsonObject, type TemplateDownloadStateEvent, templateDownloadStates } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { moveState } from '../db/state-move.ts'

export type StoreRef = Row<'template_store_ref'>
type StoreColumns = Partial<Omit<StoreRef, 'id' | 'uuid' | 'update_count' | 'download_state'>>

/** Moves the download state of a template; the recorder names the template, whose owner may see it. */
export async function moveDownload(
  tx: Tx,
  ctx: ServerContext,
  template: Pick<Row<'vm_template'>, 'uuid' | 'account_id' | 'domain_id'>,
  ref: StoreRef,
  event: TemplateDownloadStateEvent,
  move: { readonly cause: string; readonly evidence?: JsonObject; readonly set?: StoreColumns },
): Promise<StoreRef> {
  const owned = { ...ref, uuid: template.uuid, account_id: template.account_id, domain_id: template.domain_id }
  return await moveState(tx, ctx, {
    machine: templateDownloadStates,
    table: 'template_store_ref',
    column: 'download_state',
    row: owned,
    event,
    entity: 'Template',
    cause: move.cause,
    ...(move.evidence === undefined ? {} : { evidence: move.evidence }),
    set: { last_updated: ctx.runtime.now(), ...move.set },
  })
}
