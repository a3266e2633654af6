import { AltoError, errorText } from '@altostack/core'
import { defineWorkflow, RetryLater, type StepScope } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database, Tx } from '../../db/database.ts'
import { noteGuestNetwork, protectHost } from '../../guest-network/index.ts'
import {
  findNic,
  findSecondaryAddress,
  type NicSetup,
  nicSetups,
  removeNic,
  removeSecondaryAddress,
  updateNic,
} from '../../network/index.ts'
import { stepTokens } from '../../storage/index.ts'
import { isLinkTrouble, vmToken } from '../host-calls.ts'
import { requireVm } from '../vm.repository.ts'
import { vmSpec } from '../vm-spec.ts'

/**
 * Changes the NICs of a VM. What is added (a NIC, an address) has its rows before the run, so that it is claimed; what is
 * taken away keeps them until the host has let go. A VM that does not run has nothing to do on a host.
 */
export type NicsInput = {
  readonly vmId: number
  /** Where it runs; null: nowhere. */
  readonly hostId: number | null
  readonly nicId: number
  readonly change: 'plug' | 'unplug' | 'link' | 'assign' | 'unassign'
  /** Of `link`. */
  readonly up?: boolean
  /** Of `assign` and `unassign`. */
  readonly addressId?: number
}
type S = StepScope<ServerContext, NicsInput, object>

/** The NICs as they were before the change, or as they shall be after it. */
async function setups(s: S, after: boolean): Promise<NicSetup[]> {
  const { input, ctx } = s
  const all = await nicSetups(ctx.db, input.vmId)
  switch (input.change) {
    case 'plug':
      return after ? all : all.filter((nic) => nic.id !== input.nicId)
    case 'unplug':
      return after ? all.filter((nic) => nic.id !== input.nicId) : all
    case 'link':
      return all.map((nic) => (after && nic.id === input.nicId ? { ...nic, enabled: input.up === true ? 1 : 0 } : nic))
    case 'assign':
    case 'unassign': {
      if (after === (input.change === 'assign')) return all
      const address = await findSecondaryAddress(ctx.db, input.addressId ?? 0)
      return all.map((nic) => ({ ...nic, secondary: nic.secondary.filter((one) => one !== address?.ip4_address) }))
    }
  }
}

async function apply(s: S, after: boolean): Promise<void> {
  const { ctx, input } = s
  const { hostId } = input
  if (hostId === null) return
  const vm = await requireVm(ctx.db, input.vmId)
  const { nics, securityGroups } = await vmSpec(ctx.db, ctx, vm, await setups(s, after))
  try {
    await protectHost(ctx, hostId, s.signal)
    await ctx.agents.call(
      hostId,
      'vm.nics',
      {
        // An undo that is tried again must not be answered from the journal: the host may have changed in between.
        tokens: await stepTokens(ctx, hostId, s, after ? undefined : `undo-${s.epoch}-${s.attempt}`),
        vm: vmToken(vm, vm.generation),
        nics,
        securityGroups,
      },
      { signal: s.signal },
    )
  } catch (error) {
    if (isLinkTrouble(error)) throw new RetryLater(undefined, `host ${hostId}: ${errorText(error)}`)
    // It ended meanwhile: its next start takes the rows.
    if (error instanceof AltoError && error.code === 'vm.absent') return
    throw error
  }
}

/** Removes what the run, or its failure, takes away. */
async function takeAway(tx: Tx, ctx: ServerContext, input: NicsInput): Promise<void> {
  const nic = await findNic(tx, input.nicId)
  if (nic === undefined) return
  if (input.addressId === undefined) return await removeNic(tx, nic, ctx.runtime.now())
  const address = await findSecondaryAddress(tx, input.addressId)
  if (address !== undefined) await removeSecondaryAddress(tx, address, nic.uuid)
}

export const vmNicsWorkflow = defineWorkflow<ServerContext, NicsInput, Database>('vm.nics')
  .step('apply', {
    do: async (s) => {
      await apply(s, true)
      return { addressId: s.input.addressId ?? null }
    },
    undo: (s) => apply(s, false),
    deadlineMs: 30 * 60_000,
  })
  .onSucceeded(async (tx, s) => {
    const { ctx, input } = s
    // The other hosts' names and groups follow.
    await noteGuestNetwork(tx, ctx, 'Vm', input.vmId)
    if (input.change === 'unplug' || input.change === 'unassign') await takeAway(tx, ctx, input)
    if (input.change === 'link') await updateNic(tx, input.nicId, { enabled: input.up === true ? 1 : 0 })
    if (input.hostId !== null) {
      const { hostId } = input
      ctx.afterCommit(() => ctx.agents.acknowledge(hostId, [`${s.runId}/apply`]))
    }
  })
  .onFailed(async (tx, s, failure) => {
    if (failure.kind === 'preempted') return
    await noteGuestNetwork(tx, s.ctx, 'Vm', s.input.vmId)
    if (s.input.change === 'plug' || s.input.change === 'assign') await takeAway(tx, s.ctx, s.input)
  })
  .build()
