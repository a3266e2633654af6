import { virtualMachineFailure } from '@altostack/core'
import { RetryLater } from '@altostack/workflow'
import { releaseHost, releaseReservation } from '../capacity/index.ts'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { releaseNics } from '../network/index.ts'
import { hostPoolRef, requirePool, stepTokens } from '../storage/index.ts'
import { endVolume, holdsSpace, hostForPool, releaseVolume, volumesOfVm } from '../volume/index.ts'
import { askHost, failureError, type StepTokens } from './host-calls.ts'
import { requireVm } from './vm.repository.ts'
import { moveVm } from './vm.states.ts'
import { claimOf } from './vm-claims.ts'

/**
 * Removes the file of a VM's root disk through whichever connected host has the pool; repeating it changes nothing. Data
 * disks outlive their VM.
 */
export async function removeDiskFiles(
  ctx: ServerContext,
  s: StepTokens & { readonly signal: AbortSignal },
  vmId: number,
): Promise<void> {
  const vm = await requireVm(ctx.db, vmId)
  for (const volume of await volumesOfVm(ctx.db, vmId)) {
    if (volume.volume_type !== 'ROOT' || !holdsSpace(volume) || volume.pool_id === null) continue
    const pool = await requirePool(ctx.db, volume.pool_id)
    if (pool.removed !== null) continue
    const hostId = await hostForPool(ctx.db, ctx, pool.id, vm.last_host_id ?? undefined)
    if (hostId === undefined) {
      const waiting = virtualMachineFailure(
        'virtual-machine.pool-unreachable',
        `No connected host has pool ${pool.name} attached, which holds volume ${volume.name}`,
      )
      throw new RetryLater(undefined, waiting.message)
    }
    const outcome = await askHost(hostId, false, async () =>
      ctx.agents.call(
        hostId,
        'volume.remove',
        {
          // The host is in the key: another host must not be answered by this one's journal, nor the other way round.
          tokens: await stepTokens(ctx, hostId, s, `${volume.uuid}/${hostId}`),
          pool: hostPoolRef(pool),
          volumeUuid: volume.uuid,
        },
        { signal: s.signal },
      ),
    )
    if (!outcome.ok) throw failureError(outcome.failure)
  }
}

/** The end of a VM: its root disk's row and space, addresses, claims, the row itself. Data disks are detached. */
export async function endVm(tx: Tx, ctx: ServerContext, vmId: number, cause: string): Promise<void> {
  const vm = await requireVm(tx, vmId)
  const now = ctx.runtime.now()
  for (const volume of await volumesOfVm(tx, vmId)) {
    if (volume.volume_type === 'ROOT') await endVolume(tx, ctx, volume, cause)
    else await releaseVolume(tx, ctx, volume)
  }
  // They lived inside its disks.
  await tx.updateTable('vm_snapshots').set({ removed: now, current: 0 }).where('vm_id', '=', vmId).execute()
  await releaseNics(tx, vmId, now)
  if (vm.host_id !== null) await releaseHost(tx, vm.host_id, claimOf(vm))
  if (vm.reserved_host_id !== null) await releaseReservation(tx, vm.reserved_host_id, claimOf(vm))
  await moveVm(tx, ctx, vm, 'OperationSucceeded', {
    cause,
    set: { host_id: null, reserved_host_id: null, removed: now, run_id: null },
  })
}
