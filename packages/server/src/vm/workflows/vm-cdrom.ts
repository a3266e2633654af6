import { AltoError, errorText } from '@altostack/core'
import { defineWorkflow, RetryLater, type StepScope } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { hostPoolRef, requirePool, stepTokens } from '../../storage/index.ts'
import { ensureTemplateOnPool, requireTemplate } from '../../template/index.ts'
import { isLinkTrouble, vmToken } from '../host-calls.ts'
import { requireVm, updateVmColumns } from '../vm.repository.ts'
import { rootPoolId } from '../vm-spec.ts'

/**
 * Changes the disc in a VM's CD drive. The drive of a running guest is changed on its host, after the ISO was brought to
 * the pool of its root disk; a stopped VM finds the disc at its next start.
 */
export type CdromInput = {
  readonly vmId: number
  /** Where it runs; null: nowhere. */
  readonly hostId: number | null
  /** Null: the drive is empty afterwards. */
  readonly isoId: number | null
  /** What was in it. */
  readonly beforeId: number | null
  readonly force: boolean
}
type S = StepScope<ServerContext, CdromInput, object>

/** A link that is down is waited for: the effect may be there. */
async function patiently(hostId: number, call: () => Promise<unknown>): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (isLinkTrouble(error)) throw new RetryLater(undefined, `host ${hostId}: ${errorText(error)}`)
    // It ended meanwhile: its next start takes the row.
    if (error instanceof AltoError && error.code === 'vm.absent') return
    throw error
  }
}

async function change(s: S, isoId: number | null, part?: string): Promise<void> {
  const { ctx, input } = s
  const { hostId } = input
  if (hostId === null) return
  const vm = await requireVm(ctx.db, input.vmId)
  const poolId = await rootPoolId(ctx.db, vm.id)
  const iso =
    isoId === null || poolId === null
      ? undefined
      : {
          uuid: (await requireTemplate(ctx.db, isoId)).uuid,
          pool: hostPoolRef(await requirePool(ctx.db, poolId)),
        }
  await patiently(hostId, async () =>
    ctx.agents.call(
      hostId,
      'vm.cdrom',
      {
        tokens: await stepTokens(ctx, hostId, s, part),
        vm: vmToken(vm, vm.generation),
        // Back to what was: whatever the guest has done with the drive since.
        force: input.force || part !== undefined,
        ...(iso === undefined ? {} : { iso }),
      },
      { signal: s.signal },
    ),
  )
}

export const vmCdromWorkflow = defineWorkflow<ServerContext, CdromInput, Database>('vm.cdrom')
  .step('bring', {
    when: (s) => s.input.hostId !== null && s.input.isoId !== null,
    do: async (s) => {
      const { ctx, input } = s
      const hostId = input.hostId!
      const poolId = await rootPoolId(ctx.db, input.vmId)
      if (poolId === null) return
      await patiently(hostId, async () =>
        ensureTemplateOnPool(ctx, {
          templateId: input.isoId!,
          poolId,
          hostId,
          tokens: await stepTokens(ctx, hostId, s),
          signal: s.signal,
        }),
      )
    },
    deadlineMs: 3 * 3_600_000,
  })
  .step('change', {
    when: (s) => s.input.hostId !== null,
    do: (s) => change(s, s.input.isoId),
    // An undo that is tried again must not be answered from the journal: the host may have changed in between.
    undo: (s) => change(s, s.input.beforeId, `undo-${s.epoch}-${s.attempt}`),
    deadlineMs: 30 * 60_000,
  })
  .onSucceeded(async (tx, s) => {
    const { ctx, input } = s
    await updateVmColumns(tx, input.vmId, { iso_id: input.isoId })
    const { hostId } = input
    if (hostId === null) return
    ctx.afterCommit(() => ctx.agents.acknowledge(hostId, [`${s.runId}/bring`, `${s.runId}/change`]))
  })
  .build()
