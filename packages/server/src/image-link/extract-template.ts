import { apiFailure, templateFailure } from '@altostack/core'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { findStoreRef, type ImageKind, requireKind, type Template } from '../template/index.ts'
import { type Extracted, makeLink, requireExtraction } from './make-link.ts'

/** A link to the image of a template or ISO that may be downloaded. */
export async function extractImage(
  tx: Tx,
  ctx: ServerContext,
  caller: Caller,
  kind: ImageKind,
  { template, zone }: { readonly template: Template; readonly zone: Row<'data_center'> | undefined },
): Promise<Extracted> {
  requireKind(template, kind)
  await requireExtraction(ctx, tx, caller)
  if (template.extractable !== 1 && !isRootAdmin(caller)) {
    throw apiFailure('api.permission', `${template.name} may not be downloaded`, {
      fix: 'An administrator may set isextractable with update…Permissions.',
      entities: [{ uuid: template.uuid, description: kind }],
    })
  }
  const ref = await findStoreRef(tx, template.id)
  if (ref?.download_state !== 'DOWNLOADED' || ref.install_path === null) {
    throw templateFailure('template.not-ready', `${template.name} is not downloaded`, {
      seen: ref?.error_str ?? ref?.download_state ?? 'no image',
      entities: [{ uuid: template.uuid, description: kind }],
    })
  }
  const target = {
    type: 'Template' as const,
    id: template.id,
    uuid: template.uuid,
    name: template.name,
    fileName: ref.install_path,
    sizeBytes: ref.physical_size,
    sha256: ref.sha256,
  }
  return await makeLink(tx, ctx, target, { accountId: caller.accountId, zone })
}
