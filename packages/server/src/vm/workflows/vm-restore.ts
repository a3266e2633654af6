import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { endGuestOnHost, findPower } from '../end-guest.ts'
import { type RootWish, swapRoot } from '../swap-root.ts'
import { requireVm } from '../vm.repository.ts'
import { moveVm } from '../vm.states.ts'
import { reserveClaims } from '../vm-claims.ts'
import { endWithStart, type StartInput } from './vm-start.ts'

const cause = 'vm.restore'

/**
 * Gives a VM a fresh root disk. One that runs (its command moved it to Stopping) is ended first and started afterwards as
 * any other; the old root disk goes into the bin in the very transaction that makes the new one, so that there is always
 * exactly one.
 */
export type RestoreInput = StartInput & {
  readonly root: RootWish
  /** Where it runs; null: it is stopped, and stays so. */
  readonly endOn: number | null
  readonly graceMs: number
}

export const vmRestoreWorkflow = endWithStart(
  defineWorkflow<ServerContext, RestoreInput, Database>('vm.restore')
    .step('stop', {
      when: (s) => s.input.endOn !== null,
      do: async (s) => {
        const vm = await requireVm(s.ctx.db, s.input.vmId)
        await endGuestOnHost(s.ctx, s, vm, s.input.endOn!, s.input.graceMs)
      },
      undo: (s) => findPower(s.ctx, s.input.vmId, s.input.endOn!),
      uncancellable: true,
      deadlineMs: 2 * 3_600_000,
    })
    .transact('swap', {
      do: async (tx, s) => {
        const { ctx, input } = s
        let vm = await requireVm(tx, input.vmId)
        if (input.endOn !== null) {
          const set = {
            ...(await reserveClaims(tx, vm)),
            power_state: 'PowerOff',
            power_state_update_time: ctx.runtime.now(),
            vnc_port: null,
          }
          vm = await moveVm(tx, ctx, vm, 'OperationSucceeded', { cause, set })
        }
        await swapRoot(tx, ctx, vm, input.root)
        if (input.endOn !== null) await moveVm(tx, ctx, await requireVm(tx, vm.id), 'StartRequested', { cause })
        return { vmId: vm.id }
      },
    }),
  (input: RestoreInput) => input.endOn !== null,
)
