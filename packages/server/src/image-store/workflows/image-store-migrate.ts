import { createHash } from 'node:crypto'
import { storageFailure } from '@altostack/core'
import { defineWorkflow, LockBusy, RetryLater } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { transact } from '../../db/transaction.ts'
import { findRun } from '../../jobs/run.repository.ts'
import { type ImageMoveInput, imageLock, imageMoveWorkflow } from './image-move.ts'

/** Images to move, each by a run of its own, some at a time. What has moved stays moved, whatever becomes of the others. */
export type ImageStoreMigrateInput = {
  readonly fromName: string
  readonly moves: readonly (Omit<ImageMoveInput, 'parentRunId'> & { readonly name: string })[]
}
/** Each move wakes the run when it ends. */
const lookEveryMs = 5000

export const imageStoreMigrateWorkflow = defineWorkflow<ServerContext, ImageStoreMigrateInput, Database>(
  'image-store.migrate',
)
  .step('move', {
    deadlineMs: 7 * 24 * 3_600_000,
    do: async (s) => {
      const { ctx, input } = s
      const atATime = await ctx.config.number('secstorage.max.migrate.sessions')
      const waiting: number[] = []
      const failed: string[] = []
      let working = 0
      let moved = 0
      for (const [at, move] of input.moves.entries()) {
        const run = await findRun(ctx.db, moveRunId(s.runId, at))
        if (run === undefined) waiting.push(at)
        else if (run.status === 'succeeded') moved++
        else if (run.status === 'failed') failed.push(`${move.kind} ${move.name}: ${reasonOf(run.error)}`)
        else working++
      }
      for (const at of waiting) {
        if (working >= atATime) break
        if (await begin(ctx, s.runId, moveRunId(s.runId, at), input.moves[at]!)) working++
      }
      if (s.attempt % 4 === 1) await s.progress({ moved, failed: failed.length, of: input.moves.length })
      if (waiting.length > 0 || working > 0) {
        throw new RetryLater(lookEveryMs, `${moved} of ${input.moves.length} images are moved`)
      }
      if (failed.length === 0) return { moved }
      throw storageFailure(
        'image-store.move-failed',
        `${failed.length} of ${input.moves.length} images stay on image store ${input.fromName}`,
        { seen: failed.slice(0, 5).join(' | ') },
      )
    },
  })
  .build()

/** The same after every restart: a move is begun once. */
function moveRunId(parent: string, at: number): string {
  const hex = createHash('sha256').update(`${parent}/${at}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

/** False: somebody else works on the image, or this one is begun already. */
async function begin(
  ctx: ServerContext,
  parentRunId: string,
  runId: string,
  move: ImageStoreMigrateInput['moves'][number],
): Promise<boolean> {
  const { kind, id, fromRowId, toRowId } = move
  try {
    await transact(ctx, async (tx) => {
      const input = { kind, id, fromRowId, toRowId, parentRunId }
      await ctx.engine.start(tx, imageMoveWorkflow, input, { id: runId, lockKey: imageLock(move) })
      ctx.afterCommit(() => ctx.engine.kick(runId))
    })
    return true
  } catch (error) {
    if (error instanceof LockBusy) return false
    throw error
  }
}

function reasonOf(error: string | null): string {
  const failure = JSON.parse(error ?? '{}') as { readonly message?: string; readonly seen?: string }
  return `${failure.message ?? 'failed'}${failure.seen === undefined ? '' : ` (${failure.seen})`}`
}
