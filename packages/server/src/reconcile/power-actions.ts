import type { DomainReport } from '@altostack/agent-api'
import { AltoError, errorText, type VirtualMachineStateEvent } from '@altostack/core'
import { alertTypes, raiseAlert } from '../alert/index.ts'
import { claimHostAsSeen } from '../capacity/index.ts'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import { recordEvent } from '../event/index.ts'
import {
  claimOf,
  claimOfSize,
  moveVm,
  releaseClaims,
  reserveClaims,
  runOfVm,
  type VirtualMachine,
} from '../vm/index.ts'
import { knownVms } from './power.repository.ts'
import { type PowerAction, planPower } from './power-plan.ts'
import { noteTurn } from './status.ts'

const cause = 'host.report'

/** Compares what a host reported with the rows and follows it, or ends what must not run. */
export async function reconcilePower(
  ctx: ServerContext,
  hostId: number,
  domains: readonly DomainReport[],
  complete: boolean,
): Promise<readonly PowerAction[]> {
  const names = domains.map((domain) => domain.instanceName)
  const vms = await knownVms(ctx.db, hostId, names, complete)
  const actions = planPower({ hostId, domains, complete }, vms)
  for (const vm of vms) if (vm.busy) lookAgain(ctx, hostId, vm.id, 0)
  for (const action of actions) {
    try {
      await act(ctx, hostId, action)
    } catch (error) {
      ctx.log.warn({ hostId, action, err: error }, `a report could not be followed yet: ${errorText(error)}`)
      if ('vmId' in action) lookAgain(ctx, hostId, action.vmId, 0)
    }
  }
  noteTurn(ctx, 'power', { looked: domains.length, acted: actions.length })
  return actions
}

/** Pause between two looks at a VM that a run holds, ms, and how often. */
const lookAgainMs = 2000
const looks = 300

/**
 * A report about a VM that a run holds is that run's matter; but what it said may be true still when the run has ended
 * (the guest died right after its start), and no second report comes. So the host is asked then.
 */
function lookAgain(ctx: ServerContext, hostId: number, vmId: number, turn: number): void {
  const waiting = deferred.get(ctx.runtime) ?? new Set<string>()
  deferred.set(ctx.runtime, waiting)
  const key = `${hostId} ${vmId}`
  if (turn === 0 && waiting.has(key)) return
  waiting.add(key)
  const next = (): void => {
    if (turn < looks) lookAgain(ctx, hostId, vmId, turn + 1)
    else waiting.delete(key)
  }
  ctx.runtime.after(lookAgainMs, () => {
    look(ctx, hostId, vmId).then(
      (open) => {
        if (open) next()
        else waiting.delete(key)
      },
      (error) => {
        ctx.log.debug({ hostId, vmId, err: error }, `a guest could not be looked at again: ${errorText(error)}`)
        next()
      },
    )
  })
}
const deferred = new WeakMap<ServerContext['runtime'], Set<string>>()

/** Answers whether there is still something to wait for. */
async function look(ctx: ServerContext, hostId: number, vmId: number): Promise<boolean> {
  if ((await runOfVm(ctx.db, vmId)) !== undefined) return true
  const vm = await ctx.db.selectFrom('vm_instance').selectAll().where('id', '=', vmId).executeTakeFirst()
  if (vm === undefined || !ctx.agents.isConnected(hostId)) return false
  const { domain } = await ctx.agents.call(hostId, 'vm.inspect', { instanceName: vm.instance_name })
  deferred.get(ctx.runtime)?.delete(`${hostId} ${vmId}`)
  const off = {
    instanceName: vm.instance_name,
    uuid: vm.uuid,
    power: 'PowerOff',
    state: 'absent',
    reason: '',
    generation: 0,
    migrating: 'none',
  } as const
  await reconcilePower(ctx, hostId, [domain ?? off], false)
  return false
}

async function act(ctx: ServerContext, hostId: number, action: PowerAction): Promise<void> {
  if (action.kind === 'unknown-guest') return await alertUnknown(ctx, hostId, action.instanceName, action.seen)
  const vm = await ctx.db.selectFrom('vm_instance').selectAll().where('id', '=', action.vmId).executeTakeFirst()
  if (vm === undefined) return
  const here = await runsOn(ctx, hostId, vm)
  if (here === undefined) return lookAgain(ctx, hostId, vm.id, 0)
  switch (action.kind) {
    case 'follow-on':
      if (here) await followOn(ctx, vm, hostId, action.seen)
      return
    case 'follow-off':
      if (!here) await followOff(ctx, vm, hostId, action.seen)
      return
    case 'end-copy':
      if (here) await endCopy(ctx, vm, hostId, action.seen)
      return
    case 'two-hosts': {
      if (!here) return
      const there = await runsOn(ctx, action.otherHostId, vm)
      if (there === false) return await followOn(ctx, vm, hostId, action.seen)
      await transact(ctx, (tx) => alertVm(tx, ctx, vm, hostId, `${vm.name} may run on two hosts`, action.seen))
    }
  }
}

/** Asks the host itself; undefined when it cannot be asked. */
async function runsOn(ctx: ServerContext, hostId: number, vm: VirtualMachine): Promise<boolean | undefined> {
  try {
    const { present, domain } = await ctx.agents.call(hostId, 'vm.inspect', { instanceName: vm.instance_name })
    return present && domain?.uuid === vm.uuid && domain.power === 'PowerOn'
  } catch (error) {
    if (error instanceof AltoError) return undefined
    throw error
  }
}

/** In the transaction: the row as it is now, unless a run took it or somebody moved it since it was judged. */
async function unchanged(tx: Tx, vm: VirtualMachine): Promise<VirtualMachine | undefined> {
  if ((await runOfVm(tx, vm.id)) !== undefined) return undefined
  const now = await tx.selectFrom('vm_instance').selectAll().where('id', '=', vm.id).executeTakeFirst()
  return now?.update_count === vm.update_count ? now : undefined
}

async function followOn(ctx: ServerContext, seenVm: VirtualMachine, hostId: number, seen: string): Promise<void> {
  await transact(ctx, async (tx) => {
    const vm = await unchanged(tx, seenVm)
    if (vm === undefined) return
    const stays = vm.host_id === hostId
    const freed = stays ? {} : await releaseClaims(tx, vm)
    const claim = vm.claimed_memory === 0 ? claimOfSize(vm) : claimOf(vm)
    if (!stays) await claimHostAsSeen(tx, hostId, claim)
    await moveVm(tx, ctx, vm, 'FollowAgentPowerOnReport', {
      cause,
      evidence: { hostId, seen },
      set: {
        ...freed,
        host_id: hostId,
        last_host_id: hostId,
        claimed_cpu: claim.cpu,
        claimed_memory: claim.memory,
        claimed_cores: claim.cores,
        power_state: 'PowerOn',
        power_host: hostId,
        power_state_update_time: ctx.runtime.now(),
      },
    })
    await tell(tx, ctx, vm, hostId, 'VM.START', `Out of band VM power on: ${vm.name} was ${vm.state}`, seen)
  })
}

async function followOff(ctx: ServerContext, seenVm: VirtualMachine, hostId: number, seen: string): Promise<void> {
  await transact(ctx, async (tx) => {
    const vm = await unchanged(tx, seenVm)
    if (vm === undefined || vm.host_id !== hostId) return
    const event: VirtualMachineStateEvent = 'FollowAgentPowerOffReport'
    await moveVm(tx, ctx, vm, event, {
      cause,
      evidence: { hostId, seen },
      set: {
        ...(await reserveClaims(tx, vm)),
        power_state: 'PowerOff',
        power_host: null,
        power_state_update_time: ctx.runtime.now(),
        vnc_port: null,
      },
    })
    await tell(tx, ctx, vm, hostId, 'VM.STOP', `Out of band VM power off: ${vm.name} was ${vm.state}`, seen)
  })
}

/** Ends a copy that has no right to run; the generation of the row is the one that has. */
async function endCopy(ctx: ServerContext, vm: VirtualMachine, hostId: number, seen: string): Promise<void> {
  if ((await runOfVm(ctx.db, vm.id)) !== undefined) return
  const runId = ctx.runtime.uuid()
  const host = await ctx.db.selectFrom('host').select('incarnation').where('id', '=', hostId).executeTakeFirst()
  await ctx.agents.run(
    hostId,
    'vm.stop',
    {
      tokens: { key: `${runId}/end-copy`, runId, runEpoch: 1, hostIncarnation: host?.incarnation ?? 0 },
      vm: { instanceName: vm.instance_name, uuid: vm.uuid, generation: Math.max(vm.generation, 1) },
      graceMs: 0,
    },
    { deadlineMs: 60_000 },
  )
  ctx.agents.acknowledge(hostId, [`${runId}/end-copy`])
  await transact(ctx, (tx) =>
    tell(tx, ctx, vm, hostId, 'VM.STOP', `A copy of ${vm.name} that had no right to run was ended`, seen),
  )
}

async function tell(
  tx: Tx,
  ctx: ServerContext,
  vm: VirtualMachine,
  hostId: number,
  type: string,
  description: string,
  seen: string,
): Promise<void> {
  await recordEvent(tx, ctx, {
    type,
    level: 'WARN',
    description,
    accountId: vm.account_id,
    domainId: vm.domain_id,
    resource: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
  })
  await alertVm(tx, ctx, vm, hostId, description, seen)
}

async function alertVm(
  tx: Tx,
  ctx: ServerContext,
  vm: VirtualMachine,
  hostId: number,
  subject: string,
  seen: string,
): Promise<void> {
  const host = await tx.selectFrom('host').select(['name', 'cluster_id']).where('id', '=', hostId).executeTakeFirst()
  await raiseAlert(tx, ctx, {
    type: alertTypes.sync,
    zoneId: vm.data_center_id,
    podId: vm.pod_id,
    clusterId: host?.cluster_id ?? null,
    subject: `${subject} (host ${host?.name ?? hostId})`,
    content: seen,
  })
}

async function alertUnknown(ctx: ServerContext, hostId: number, instanceName: string, seen: string): Promise<void> {
  await transact(ctx, async (tx) => {
    const host = await tx
      .selectFrom('host')
      .select(['name', 'cluster_id', 'pod_id', 'data_center_id'])
      .where('id', '=', hostId)
      .executeTakeFirst()
    await raiseAlert(tx, ctx, {
      type: alertTypes.sync,
      zoneId: host?.data_center_id ?? null,
      podId: host?.pod_id ?? null,
      clusterId: host?.cluster_id ?? null,
      subject: `Host ${host?.name ?? hostId} runs ${instanceName}, which this server does not know`,
      content: `${seen}. It is not touched: the database may have been set back. End it on the host if nobody needs it.`,
    })
  })
}
