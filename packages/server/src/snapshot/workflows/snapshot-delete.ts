import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { abandonImage } from '../../image-store/index.ts'
import { forgetImage, snapshotName, snapshotPath } from '../image-store.ts'
import { forgetStoredSnapshot, requireSnapshot, storedSnapshot } from '../snapshot.repository.ts'
import { moveSnapshot } from '../snapshot.states.ts'

const cause = 'snapshot.delete'

/** Removes a snapshot that its command moved to Destroying from the store. What is made of it does not need it. */
export const snapshotDeleteWorkflow = defineWorkflow<ServerContext, { readonly snapshotId: number }, Database>(
  'snapshot.delete',
)
  .step('image', {
    do: async (s) => {
      const { uuid } = await requireSnapshot(s.ctx.db, s.input.snapshotId)
      const stored = await storedSnapshot(s.ctx.db, s.input.snapshotId)
      const own = stored?.store_id === null ? stored.install_path : null
      await forgetImage(s.ctx, uuid, snapshotPath(s.ctx.dataDir, own ?? snapshotName(uuid)))
    },
    uncancellable: true,
  })
  .onSucceeded(async (tx, s) => {
    const snapshot = await requireSnapshot(tx, s.input.snapshotId)
    const stored = await storedSnapshot(tx, snapshot.id)
    // What is on a store of its own goes when that can be reached.
    if (stored !== undefined && stored.store_id !== null && stored.install_path !== null) {
      await abandonImage(tx, s.ctx, { storeId: stored.store_id, folder: 'snapshots', name: stored.install_path })
    }
    await forgetStoredSnapshot(tx, snapshot.id)
    await moveSnapshot(tx, s.ctx, snapshot, 'OperationSucceeded', { cause, set: { removed: s.ctx.runtime.now() } })
  })
  .onFailed(async (tx, s, failure: RunFailure) => {
    if (failure.kind === 'preempted') return
    const { code, message } = failure
    const snapshot = await requireSnapshot(tx, s.input.snapshotId)
    await moveSnapshot(tx, s.ctx, snapshot, 'OperationFailed', { cause, evidence: { code, message } })
  })
  .build()
