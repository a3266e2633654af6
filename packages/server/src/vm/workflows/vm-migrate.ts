import type { Params } from '@altostack/agent-api'
import { AltoError, Bug, errorText, type JsonObject, virtualMachineFailure } from '@altostack/core'
import { defineWorkflow, RetryLater, type StepScope } from '@altostack/workflow'
import { claimHost, releaseHost } from '../../capacity/index.ts'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { recordEvent } from '../../event/index.ts'
import { notBackYet } from '../../host/index.ts'
import { awaitedHosts, insufficientCapacity, loadSnapshot, planPlacement } from '../../placement/index.ts'
import { stepTokens } from '../../storage/index.ts'
import { askHost, failureError, isLinkTrouble, vmToken } from '../host-calls.ts'
import { migrationOutcome, type SideView } from '../migration-outcome.ts'
import { limitsOf } from '../place.ts'
import { vmDemand } from '../start-demand.ts'
import { requireVm, updateVmColumns } from '../vm.repository.ts'
import { moveVm, type VirtualMachine } from '../vm.states.ts'
import { claimOf, reserveClaims } from '../vm-claims.ts'
import { vmSpec } from '../vm-spec.ts'

/**
 * Moves a running VM to another host. `check` asks the hosts that fit what would refuse the guest, before anything is
 * changed; `claim` takes the destination's capacity while the source's stays claimed and raises the generation; `move`
 * is the point of no return: it ends only when it is known on which host the guest runs. Until both hosts can be asked
 * the VM stays Migrating and no copy is resumed.
 */
export type MigrateInput = {
  readonly vmId: number
  readonly sourceHostId: number
  /** Absent: the planner chooses. */
  readonly destinationHostId?: number
}
type Refusal = { readonly host: string; readonly code: string; readonly seen: string; readonly fix: string }
type S = StepScope<ServerContext, MigrateInput, object>

const cause = 'vm.migrate'
/** Destinations asked when the planner chooses. */
const checked = 3
const progressEveryMs = 1000

async function fittingHosts(s: S, vm: VirtualMachine): Promise<readonly number[]> {
  const { ctx, input } = s
  const demand = await vmDemand(ctx.db, vm, {
    hostId: input.destinationHostId,
    considerLastHost: false,
    allowDisabled: false,
    moving: true,
    avoid: new Map([[input.sourceHostId, 'runs the virtual machine already']]),
  })
  const result = planPlacement(await loadSnapshot(ctx.db, ctx), demand, { random: ctx.runtime.random, limit: checked })
  if (result.candidates.length === 0) {
    const awaited = awaitedHosts(result)
    throw awaited.length > 0 ? notBackYet(ctx, vm.name, awaited) : insufficientCapacity(demand, result)
  }
  return result.candidates.map((candidate) => candidate.host.id)
}

/** Asks the candidates in turn; the first one that refuses nothing is the destination. */
async function chooseDestination(s: S): Promise<{ destinationHostId: number; refused: Refusal[] }> {
  const { ctx, input } = s
  const vm = await requireVm(ctx.db, input.vmId)
  const spec = await vmSpec(ctx.db, ctx, vm)
  const refused: Refusal[] = []
  for (const hostId of await fittingHosts(s, vm)) {
    const { name } = await ctx.db.selectFrom('host').select('name').where('id', '=', hostId).executeTakeFirstOrThrow()
    try {
      const { refusals } = await ctx.agents.call(hostId, 'vm.migration.check', { spec }, { signal: s.signal })
      if (refusals.length === 0) return { destinationHostId: hostId, refused }
      refused.push(...refusals.map((refusal) => ({ host: name, ...refusal })))
    } catch (error) {
      if (!(error instanceof AltoError)) throw error
      refused.push({ host: name, code: error.code, seen: error.seen ?? error.message, fix: error.fix })
    }
  }
  const text = refused.map((refusal) => `${refusal.host}: ${refusal.code} (${refusal.seen})`).join('; ')
  throw virtualMachineFailure('virtual-machine.migration-refused', `${vm.name} cannot be migrated: ${text}`, {
    seen: text,
    fix: refused[0]?.fix ?? 'Add a host that fits.',
    entities: [{ uuid: vm.uuid, description: 'virtual machine' }],
    evidence: { refusals: refused },
  })
}

type Claimed = {
  readonly destinationHostId: number
  readonly generation: number
  readonly source: string
  readonly destination: string
}
type Moved = {
  readonly moved: boolean
  readonly result: JsonObject
  readonly failure?: JsonObject
  /** The guest ended meanwhile: it runs nowhere. */
  readonly gone?: boolean
}

/** Runs the migration and waits until it is known where the guest is. */
async function move(
  s: S,
  claimed: Claimed,
  target: {
    readonly uri: string
    readonly migrateUri: string
    readonly bridges?: Readonly<Record<string, string>>
    readonly configDrive?: string
  },
): Promise<Moved> {
  const { ctx, input } = s
  const vm = await requireVm(ctx.db, input.vmId)
  const token = vmToken(vm, claimed.generation)
  const tokens = await stepTokens(ctx, input.sourceHostId, s)
  let saved = 0
  const watch = watchCancel(s, vm, token)
  try {
    const result = await ctx.agents.run(
      input.sourceHostId,
      'vm.migration.start',
      {
        tokens,
        vm: token,
        ...target,
        maxDowntimeMs: await ctx.config.number('alto.migration.max.downtime.ms'),
        autoConverge: await ctx.config.flag('kvm.auto.convergence'),
      },
      {
        deadlineMs: (await ctx.config.number('migratewait')) * 1000,
        signal: s.signal,
        onProgress: (progress) => {
          const now = ctx.runtime.monotonic()
          if (now - saved < progressEveryMs) return
          saved = now
          // A progress that is not saved is not missed.
          s.progress(progress as JsonObject).catch(() => undefined)
        },
      },
    )
    return { moved: true, result: asObject(result) }
  } catch (error) {
    if (!(error instanceof AltoError)) throw error
    if (error.code === 'agent.outcome-unknown') await abort(s, token)
    return await whereIsIt(s, vm, claimed, error)
  } finally {
    watch()
  }
}

/** Nobody heard how it ended: both sides are asked, again and again, until they agree. */
async function whereIsIt(s: S, vm: VirtualMachine, claimed: Claimed, error: AltoError): Promise<Moved> {
  const outcome = await findOut(s, vm, claimed)
  if (outcome === 'moved') return { moved: true, result: {} }
  const { code, message, fix, api, seen } = error
  const failure = { code, message, fix, api, ...(seen === undefined ? {} : { seen }) }
  return { moved: false, result: {}, failure, ...(outcome === 'gone' ? { gone: true } : {}) }
}

/** For the undo: aborts what may still run, then asks until both sides agree. */
async function whereAfterAbort(s: S, vm: VirtualMachine, claimed: Claimed): Promise<'moved' | 'stayed' | 'gone'> {
  await abort(s, vmToken(vm, claimed.generation))
  return await findOut(s, vm, claimed)
}

/** Throws RetryLater until it is known. A copy that was handed over to nobody is ended: it has never run. */
async function findOut(s: S, vm: VirtualMachine, claimed: Claimed): Promise<'moved' | 'stayed' | 'gone'> {
  const source = await inspect(s, s.input.sourceHostId, vm)
  const destination = await inspect(s, claimed.destinationHostId, vm)
  const outcome = migrationOutcome(source, destination)
  if (outcome === 'moved' || outcome === 'stayed' || outcome === 'gone') return outcome
  if (outcome === 'both-paused') {
    const left = await settle(s, claimed.destinationHostId, claimed.generation, 'drop')
    if (left === 'absent') return 'stayed'
  }
  throw new RetryLater(
    undefined,
    `${vm.name}: it is not known yet whether it runs on ${claimed.source} or ${claimed.destination}`,
  )
}

async function inspect(s: S, hostId: number, vm: VirtualMachine): Promise<SideView> {
  try {
    return await s.ctx.agents.call(hostId, 'vm.inspect', { instanceName: vm.instance_name }, { signal: s.signal })
  } catch (error) {
    if (error instanceof AltoError) return undefined
    throw error
  }
}

/** Looks whether somebody cancelled the job, and then aborts the migration; the answer ends the watch. */
function watchCancel(s: S, vm: VirtualMachine, token: Params<'vm.migration.abort'>['vm']): () => void {
  let ended = false
  const look = async (): Promise<void> => {
    while (!ended && !s.signal.aborted) {
      await s.ctx.runtime.sleep(500, s.signal)
      if (!ended && s.cancelled()) {
        await abort(s, token)
        return
      }
    }
  }
  look().catch((error) => s.ctx.log.debug({ vm: vm.uuid, err: error }, 'the watch for a cancelled migration ended'))
  return () => {
    ended = true
  }
}

async function abort(s: S, vm: Params<'vm.migration.abort'>['vm']): Promise<void> {
  try {
    const tokens = await stepTokens(s.ctx, s.input.sourceHostId, s, 'abort')
    await s.ctx.agents.call(s.input.sourceHostId, 'vm.migration.abort', { tokens, vm })
  } catch (error) {
    if (!(error instanceof AltoError)) throw error
    s.ctx.log.warn({ vm: vm.uuid, err: error }, 'the migration could not be aborted')
  }
}

async function settle(
  s: S,
  hostId: number,
  generation: number,
  decision: 'keep' | 'drop',
): Promise<'running' | 'paused' | 'absent'> {
  const vm = await requireVm(s.ctx.db, s.input.vmId)
  try {
    const { state } = await s.ctx.agents.call(
      hostId,
      'vm.migration.settle',
      {
        tokens: await stepTokens(s.ctx, hostId, s, `${decision}-${hostId}-${s.attempt}`),
        vm: vmToken(vm, generation),
        decision,
      },
      { signal: s.signal },
    )
    return state
  } catch (error) {
    // Half settled is no end: a guest would stay paused, or its row wrong.
    const passes = isLinkTrouble(error) || (error instanceof AltoError && passing.has(error.code))
    if (passes) throw new RetryLater(undefined, `host ${hostId}: ${errorText(error)}`)
    throw error
  }
}

/** What a host says while its libvirtd, or its agent's disk, is being put right. */
const passing: ReadonlySet<string> = new Set([
  'agent.libvirt',
  'agent.libvirt-down',
  'agent.program',
  'agent.refusing',
  'agent.disk-full',
  'vm.busy',
])

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

export const vmMigrateWorkflow = defineWorkflow<ServerContext, MigrateInput, Database>('vm.migrate')
  .step('check', { do: (s) => chooseDestination(s), deadlineMs: 5 * 60_000 })
  .transact('claim', {
    do: async (tx, s): Promise<Claimed> => {
      const { ctx, input } = s
      const { destinationHostId } = s.out.check
      const vm = await requireVm(tx, input.vmId)
      if (vm.host_id !== input.sourceHostId) throw new Bug('the virtual machine is not where its migration begins')
      const hosts = await tx
        .selectFrom('host')
        .select(['id', 'name', 'pod_id', 'cluster_id'])
        .where('id', 'in', [input.sourceHostId, destinationHostId])
        .execute()
      const source = hosts.find((host) => host.id === input.sourceHostId)
      const destination = hosts.find((host) => host.id === destinationHostId)
      if (source === undefined || destination === undefined) throw new Bug('a host of a migration is gone')
      const limits = limitsOf(await loadSnapshot(tx, ctx), destination.cluster_id ?? 0, false)
      if (!(await claimHost(tx, destination.id, claimOf(vm), limits))) {
        throw virtualMachineFailure(
          'virtual-machine.migration-refused',
          `${vm.name} cannot be migrated: host ${destination.name} was filled or withdrawn meanwhile`,
          { fix: 'Migrate again: the planner looks for another host.' },
        )
      }
      const moving = await moveVm(tx, ctx, vm, 'MigrationRequested', {
        cause,
        evidence: { from: source.name, to: destination.name },
        set: {
          host_id: destination.id,
          last_host_id: source.id,
          pod_id: destination.pod_id,
          generation: vm.generation + 1,
          run_id: s.runId,
        },
      })
      return {
        destinationHostId: destination.id,
        generation: moving.generation,
        source: source.name,
        destination: destination.name,
      }
    },
    // Where the guest is was found out by the undo of `move`, which came before: the row follows the guest.
    undo: async (tx, s) => {
      const vm = await requireVm(tx, s.input.vmId)
      const { destinationHostId } = s.out.claim
      const moved = vm.power_host === destinationHostId
      const stays = moved ? destinationHostId : s.input.sourceHostId
      const host = await tx.selectFrom('host').select('pod_id').where('id', '=', stays).executeTakeFirst()
      await releaseHost(tx, moved ? s.input.sourceHostId : destinationHostId, claimOf(vm))
      if (vm.power_state === 'PowerOff' && vm.power_host === null) {
        const kept = await reserveClaims(tx, { ...vm, host_id: s.input.sourceHostId })
        const set = { ...kept, pod_id: host?.pod_id ?? vm.pod_id, vnc_port: null, run_id: null }
        await moveVm(tx, s.ctx, vm, 'FollowAgentPowerOffReport', { cause, set })
        return
      }
      await moveVm(tx, s.ctx, vm, moved ? 'OperationSucceeded' : 'OperationFailed', {
        cause,
        set: { host_id: stays, last_host_id: stays, pod_id: host?.pod_id ?? vm.pod_id, run_id: null },
      })
    },
  })
  .step('prepare', {
    do: async (s) => {
      const { ctx, input } = s
      const { destinationHostId, generation } = s.out.claim
      const vm = await requireVm(ctx.db, input.vmId)
      const spec = await vmSpec(ctx.db, ctx, vm)
      const source = await ctx.db
        .selectFrom('host')
        .select(['private_ip_address', 'migration_ip_address'])
        .where('id', '=', input.sourceHostId)
        .executeTakeFirstOrThrow()
      const outcome = await askHost(destinationHostId, false, async () =>
        ctx.agents.call(
          destinationHostId,
          'vm.migration.prepare',
          {
            tokens: await stepTokens(ctx, destinationHostId, s),
            vm: vmToken(vm, generation),
            spec,
            source: source.migration_ip_address ?? source.private_ip_address,
          },
          { signal: s.signal },
        ),
      )
      if (!outcome.ok) throw failureError(outcome.failure)
      const { uri, migrateUri, bridges, configDrive } = outcome.value
      return {
        uri,
        migrateUri,
        ...(bridges === undefined ? {} : { bridges }),
        ...(configDrive === undefined ? {} : { configDrive }),
      }
    },
    undo: async (s) => {
      const { destinationHostId, generation } = s.out.claim
      await settle(s, destinationHostId, generation, 'drop')
    },
    deadlineMs: 10 * 60_000,
  })
  .step('move', {
    do: (s) => move(s, s.out.claim, s.out.prepare),
    undo: async (s) => {
      const vm = await requireVm(s.ctx.db, s.input.vmId)
      const known = s.out.move as Moved | undefined
      const where =
        known === undefined
          ? await whereAfterAbort(s, vm, s.out.claim)
          : known.moved
            ? 'moved'
            : known.gone
              ? 'gone'
              : 'stayed'
      const powerHost = where === 'moved' ? s.out.claim.destinationHostId : s.input.sourceHostId
      await updateVmColumns(s.ctx.db, vm.id, {
        power_host: where === 'gone' ? null : powerHost,
        power_state: where === 'gone' ? 'PowerOff' : 'PowerOn',
      })
    },
    uncancellable: true,
  })
  .step('settle', {
    do: async (s) => {
      const { destinationHostId, generation } = s.out.claim
      const { moved } = s.out.move
      const keeper = moved ? destinationHostId : s.input.sourceHostId
      const other = moved ? s.input.sourceHostId : destinationHostId
      // First the copy that must not run: only then the other may go on.
      const left = await settle(s, other, generation, 'drop')
      if (left !== 'absent') throw new RetryLater(undefined, `host ${other} still has a copy, which is ${left}`)
      const kept = await settle(s, keeper, generation, (s.out.move as Moved).gone ? 'drop' : 'keep')
      const view = await inspect(s, keeper, await requireVm(s.ctx.db, s.input.vmId))
      return { kept, vncPort: view?.vncPort ?? null }
    },
  })
  .transact('verdict', {
    do: async (_tx, s) => {
      const { moved, failure } = s.out.move as Moved
      if (moved) return
      const { code, message, fix, api, seen } = failure as {
        code: string
        message: string
        fix: string
        api: number
        seen?: string
      }
      throw new AltoError(code, { api, cause: message, fix }, message, seen === undefined ? {} : { seen })
    },
  })
  .onSucceeded(async (tx, s) => {
    const { ctx, input } = s
    const { destinationHostId, destination, source } = s.out.claim
    const vm = await requireVm(tx, input.vmId)
    await releaseHost(tx, input.sourceHostId, claimOf(vm))
    await moveVm(tx, ctx, vm, 'OperationSucceeded', {
      cause,
      evidence: { from: source, to: destination, ...(s.out.move as Moved).result },
      set: {
        last_host_id: destinationHostId,
        power_state: 'PowerOn',
        power_host: destinationHostId,
        power_state_update_time: ctx.runtime.now(),
        vnc_port: s.out.settle.vncPort ?? vm.vnc_port,
        run_id: null,
      },
    })
    const { result } = s.out.move as Moved
    const downtime = typeof result.downtimeMs === 'number' ? `, downtime ${result.downtimeMs} ms` : ''
    await recordEvent(tx, ctx, {
      type: 'VM.MIGRATE',
      description: `Migrated ${vm.name} from ${source} to ${destination}${downtime}`,
      accountId: vm.account_id,
      domainId: vm.domain_id,
      resource: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
    })
    ctx.afterCommit(() => ctx.agents.acknowledge(input.sourceHostId, [`${s.runId}/move`]))
  })
  .build()
