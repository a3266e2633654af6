import { defineWorkflow, type Workflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { removeAbandoned } from '../../image-store/index.ts'
import { removeUnusedCopies } from '../copies.ts'
import { findStoreRef } from '../template.repository.ts'
import { forgetFiles } from './template-download.ts'

type DeleteInput = { readonly templateId: number; readonly templateUuid: string }

/** After the row was removed: the server's file, then the copies that nothing is built on; others go with their last volume. */
export const templateDeleteWorkflow: Workflow = defineWorkflow<ServerContext, DeleteInput, Database>('template.delete')
  .step('remove-image', {
    async do(s) {
      await forgetFiles(s.ctx, s.input.templateUuid)
      const ref = await findStoreRef(s.ctx.db, s.input.templateId)
      if (ref === undefined || ref.install_path === null) return
      // It was abandoned with the row: where its store is away it goes later.
      await removeAbandoned(s.ctx, { storeId: ref.store_id, folder: 'images', name: ref.install_path })
    },
  })
  .step('remove-copies', {
    async do(s) {
      const wanted = await s.ctx.config.flag('template.delete.from.primary.storage')
      return { removed: wanted ? await removeUnusedCopies(s.ctx, s.input.templateId) : 0 }
    },
  })
  .build()
