import type { Params } from '@altostack/agent-api'
import { AltoError, Bug, type JsonObject, virtualMachineFailure } from '@altostack/core'
import { defineWorkflow, RetryLater, type StepScope } from '@altostack/workflow'
import { claimHost, releaseHost } from '../../capacity/index.ts'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { recordEvent } from '../../event/index.ts'
import { protectHost } from '../../guest-network/index.ts'
import { notBackYet, requireHostRow } from '../../host/index.ts'
import { awaitedHosts, insufficientCapacity, loadSnapshot, planPlacement } from '../../placement/index.ts'
import { stepTokens } from '../../storage/index.ts'
import { type Site, volumesOfVm } from '../../volume/index.ts'
import { hostDifferences } from '../cpu-refusal.ts'
import { askHost, askReader, failureError, vmToken } from '../host-calls.ts'
import {
  claimDiskMoves,
  type DiskMove,
  diskCopies,
  disksAreThere,
  endDiskMoves,
  followDisks,
  removeCopies,
  requireMovable,
  specThere,
} from '../migration-disks.ts'
import { abortOnSource, inspectSide, type Sides, settleSide, type Where, whereIs } from '../migration-sides.ts'
import { limitsOf } from '../place.ts'
import { type PlaceOptions, vmDemand } from '../start-demand.ts'
import { requireVm, updateVmColumns } from '../vm.repository.ts'
import { moveVm, type VirtualMachine } from '../vm.states.ts'
import { claimOf, reserveClaims } from '../vm-claims.ts'
import { vmSpec } from '../vm-spec.ts'

/**
 * Moves a running VM to another host, with the disks that the host does not reach where it may. `check` asks the hosts that fit what would refuse the guest, before anything is
 * changed; `claim` takes the destination's capacity while the source's stays claimed and raises the generation; `move`
 * is the point of no return: it ends only when it is known on which host the guest runs. Until both hosts can be asked
 * the VM stays Migrating and no copy is resumed. The disks of the source are removed after the commit, those of the
 * destination when the guest is known to have stayed.
 */
export type MigrateInput = {
  readonly vmId: number
  readonly sourceHostId: number
  /** Absent: the planner chooses. */
  readonly destinationHostId?: number
  /** Disks may go along to pools of the destination. */
  readonly withVolumes?: boolean
  /** By volume id the pool that was asked for. */
  readonly pools?: Readonly<Record<string, number>>
}
type Refusal = { readonly host: string; readonly code: string; readonly seen: string; readonly fix: string }
type S = StepScope<ServerContext, MigrateInput, object>

const cause = 'vm.migrate'
/** Destinations asked when the planner chooses. */
const checked = 3
const progressEveryMs = 1000

type Fitting = { readonly hostId: number; readonly moves: readonly DiskMove[] }

async function fittingHosts(s: S, vm: VirtualMachine): Promise<readonly Fitting[]> {
  const { ctx, input } = s
  const zone = { zoneId: vm.data_center_id }
  const demand = await vmDemand(ctx.db, vm, {
    hostId: input.destinationHostId,
    considerLastHost: false,
    allowDisabled: false,
    moving: true,
    acrossClusters:
      input.destinationHostId !== undefined || (await ctx.config.flag('migrate.vm.across.clusters', zone)),
    ...movableOf(input),
    avoid: new Map([[input.sourceHostId, 'runs the virtual machine already']]),
  })
  const limit = input.withVolumes === true ? Number.MAX_SAFE_INTEGER : checked
  const result = planPlacement(await loadSnapshot(ctx.db, ctx), demand, { random: ctx.runtime.random, limit })
  if (result.candidates.length === 0) {
    const awaited = awaitedHosts(result)
    throw awaited.length > 0 ? notBackYet(ctx, vm.name, awaited) : insufficientCapacity(demand, result)
  }
  const volumes = await volumesOfVm(ctx.db, vm.id)
  const fitting = result.candidates.map((candidate) => ({
    hostId: candidate.host.id,
    moves: candidate.volumes.flatMap(({ volumeId, poolId }): DiskMove[] => {
      const volume = volumes.find(({ id }) => id === volumeId)
      if (volume === undefined || volume.pool_id === null || volume.pool_id === poolId) return []
      return [{ volumeId, fromPoolId: volume.pool_id, toPoolId: poolId, bytes: volume.size }]
    }),
  }))
  // The least to copy first; the planner's order among equals.
  const weight = ({ moves }: Fitting): number => moves.reduce((sum, { bytes }) => sum + bytes, 0)
  return fitting.toSorted((a, b) => weight(a) - weight(b)).slice(0, checked)
}

export function movableOf(input: Pick<MigrateInput, 'withVolumes' | 'pools'>): Pick<PlaceOptions, 'movable'> {
  if (input.withVolumes !== true) return {}
  return { movable: new Map(Object.entries(input.pools ?? {}).map(([id, pool]) => [Number(id), pool])) }
}

/** Asks the candidates in turn; the first one that refuses nothing is the destination. */
async function chooseDestination(
  s: S,
): Promise<{ destinationHostId: number; refused: Refusal[]; moves: readonly DiskMove[] }> {
  const { ctx, input } = s
  const vm = await requireVm(ctx.db, input.vmId)
  const spec = await vmSpec(ctx.db, ctx, vm)
  const refused: Refusal[] = []
  for (const { hostId, moves } of await fittingHosts(s, vm)) {
    const { name } = await requireHostRow(ctx.db, hostId)
    try {
      await requireMovable(ctx.db, vm.id, moves)
      const copies = await diskCopies(ctx.db, moves)
      const question = { spec: specThere(spec, copies), ...(copies.length === 0 ? {} : { copies }) }
      const { refusals } = await askReader(ctx, hostId, () =>
        ctx.agents.call(hostId, 'vm.migration.check', question, { signal: s.signal }),
      )
      if (refusals.length === 0) return { destinationHostId: hostId, refused, moves }
      for (const refusal of refusals) {
        const differs = refusal.code === 'vm.cpu' ? await hostDifferences(ctx.db, s.input.sourceHostId, hostId) : ''
        const seen = differs === '' ? refusal.seen : `${refusal.seen}: ${differs}`
        refused.push({ host: name, ...refusal, seen })
      }
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
  /** Where copies are removed: on the destination as it was claimed, and on the source. */
  readonly sites?: { readonly source: Site; readonly destination: Site }
}
type Moved = {
  readonly moved: boolean
  readonly result: JsonObject
  readonly failure?: JsonObject
  /** The guest ended meanwhile: it runs nowhere. */
  readonly gone?: boolean
  /** It ended after it had moved: its disks are those on the destination. */
  readonly there?: boolean
}

/** Runs of before had no disks to move. */
function movesOf(s: { readonly out: { readonly check?: unknown } }): readonly DiskMove[] {
  return (s.out.check as { readonly moves?: readonly DiskMove[] } | undefined)?.moves ?? []
}

function sidesOf(s: S, claimed: Claimed): Sides {
  return { ...claimed, sourceHostId: s.input.sourceHostId, disks: movesOf(s).length > 0 }
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
  const moves = movesOf(s)
  const copies = await diskCopies(ctx.db, moves)
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
        ...(copies.length === 0 ? {} : { copies }),
        maxDowntimeMs: await ctx.config.number('alto.migration.max.downtime.ms'),
        autoConverge: await ctx.config.flag('kvm.auto.convergence'),
      },
      {
        deadlineMs:
          (await ctx.config.number(moves.length === 0 ? 'migratewait' : 'kvm.storage.online.migration.wait')) * 1000,
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
    if (error.code === 'agent.outcome-unknown') await abortOnSource(s, input.sourceHostId, token)
    return await whereIsIt(s, vm, claimed, error)
  } finally {
    watch()
  }
}

/** Nobody heard how it ended: both sides are asked, again and again, until they agree. */
async function whereIsIt(s: S, vm: VirtualMachine, claimed: Claimed, error: AltoError): Promise<Moved> {
  const outcome = await whereIs(s, vm, sidesOf(s, claimed))
  if (outcome === 'moved') return { moved: true, result: {} }
  const { code, message, fix, api, seen } = error
  const failure = { code, message, fix, api, ...(seen === undefined ? {} : { seen }) }
  return {
    moved: false,
    result: {},
    failure,
    ...(outcome === 'gone' || outcome === 'gone-there' ? { gone: true } : {}),
    ...(outcome === 'gone-there' ? { there: true } : {}),
  }
}

/** For the undo: aborts what may still run, then asks until both sides agree. */
async function whereAfterAbort(s: S, vm: VirtualMachine, claimed: Claimed): Promise<Where> {
  await abortOnSource(s, s.input.sourceHostId, vmToken(vm, claimed.generation))
  return await whereIs(s, vm, sidesOf(s, claimed))
}

function whereOf({ moved, gone, there }: Moved): Where {
  if (moved) return 'moved'
  return there === true ? 'gone-there' : gone === true ? 'gone' : 'stayed'
}

/** Looks whether somebody cancelled the job, and then aborts the migration; the answer ends the watch. */
function watchCancel(s: S, vm: VirtualMachine, token: Params<'vm.migration.abort'>['vm']): () => void {
  let ended = false
  const look = async (): Promise<void> => {
    while (!ended && !s.signal.aborted) {
      await s.ctx.runtime.sleep(500, s.signal)
      if (!ended && s.cancelled()) {
        await abortOnSource(s, s.input.sourceHostId, token)
        return
      }
    }
  }
  look().catch((error) => s.ctx.log.debug({ vm: vm.uuid, err: error }, 'the watch for a cancelled migration ended'))
  return () => {
    ended = true
  }
}

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
      const source = await requireHostRow(tx, input.sourceHostId)
      const destination = await requireHostRow(tx, destinationHostId)
      const snapshot = await loadSnapshot(tx, ctx)
      const limits = limitsOf(snapshot, destination.cluster_id ?? 0, false)
      if (!(await claimHost(tx, destination.id, claimOf(vm), limits))) {
        throw virtualMachineFailure(
          'virtual-machine.migration-refused',
          `${vm.name} cannot be migrated: host ${destination.name} was filled or withdrawn meanwhile`,
          { fix: 'Migrate again: the planner looks for another host.' },
        )
      }
      await claimDiskMoves(tx, ctx, snapshot, vm.id, movesOf(s))
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
        sites: {
          source: { hostId: source.id, incarnation: source.incarnation, vm: null },
          destination: { hostId: destination.id, incarnation: destination.incarnation, vm: null },
        },
      }
    },
    // Where the guest is was found out by the undo of `move`, which came before: the row follows the guest.
    undo: async (tx, s) => {
      const vm = await requireVm(tx, s.input.vmId)
      const { destinationHostId, sites } = s.out.claim
      const moves = movesOf(s)
      const there = vm.power_host === destinationHostId || (await disksAreThere(tx, moves))
      const stays = there ? destinationHostId : s.input.sourceHostId
      const { pod_id } = await requireHostRow(tx, stays)
      await releaseHost(tx, there ? s.input.sourceHostId : destinationHostId, claimOf(vm))
      if (sites !== undefined) await endDiskMoves(tx, s.ctx, moves, { there, failed: true, source: sites.source })
      if (vm.power_state === 'PowerOff' && vm.power_host === null) {
        const kept = await reserveClaims(tx, { ...vm, host_id: stays })
        const set = { ...kept, pod_id, vnc_port: null, run_id: null }
        await moveVm(tx, s.ctx, vm, 'FollowAgentPowerOffReport', { cause, set })
        return
      }
      await moveVm(tx, s.ctx, vm, there ? 'OperationSucceeded' : 'OperationFailed', {
        cause,
        set: { host_id: stays, last_host_id: stays, pod_id, run_id: null },
      })
    },
  })
  .step('prepare', {
    do: async (s) => {
      const { ctx, input } = s
      const { destinationHostId, generation } = s.out.claim
      const vm = await requireVm(ctx.db, input.vmId)
      const copies = await diskCopies(ctx.db, movesOf(s))
      const spec = specThere(await vmSpec(ctx.db, ctx, vm), copies)
      const source = await requireHostRow(ctx.db, input.sourceHostId)
      const outcome = await askHost(destinationHostId, false, async () => {
        await protectHost(ctx, destinationHostId, s.signal)
        return await ctx.agents.call(
          destinationHostId,
          'vm.migration.prepare',
          {
            tokens: await stepTokens(ctx, destinationHostId, s),
            vm: vmToken(vm, generation),
            spec,
            ...(copies.length === 0 ? {} : { copies }),
            source: source.migration_ip_address ?? source.private_ip_address,
          },
          { signal: s.signal },
        )
      })
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
      const { destinationHostId, generation, sites } = s.out.claim
      await settleSide(s, destinationHostId, generation, 'drop')
      if (sites !== undefined) await removeCopies(s, sites.destination, movesOf(s))
    },
    deadlineMs: 10 * 60_000,
  })
  .step('move', {
    do: (s) => move(s, s.out.claim, s.out.prepare),
    undo: async (s) => {
      const vm = await requireVm(s.ctx.db, s.input.vmId)
      const known = s.out.move as Moved | undefined
      const where = known === undefined ? await whereAfterAbort(s, vm, s.out.claim) : whereOf(known)
      const gone = where === 'gone' || where === 'gone-there'
      if (where === 'moved' || where === 'gone-there') await followDisks(s.ctx.db, movesOf(s))
      const powerHost = where === 'moved' ? s.out.claim.destinationHostId : s.input.sourceHostId
      await updateVmColumns(s.ctx.db, vm.id, {
        power_host: gone ? null : powerHost,
        power_state: gone ? 'PowerOff' : 'PowerOn',
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
      const left = await settleSide(s, other, generation, 'drop')
      if (left !== 'absent') throw new RetryLater(undefined, `host ${other} still has a copy, which is ${left}`)
      const kept = await settleSide(s, keeper, generation, (s.out.move as Moved).gone ? 'drop' : 'keep')
      const view = await inspectSide(s, keeper, await requireVm(s.ctx.db, s.input.vmId))
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
    const { destinationHostId, destination, source, sites } = s.out.claim
    const moves = movesOf(s)
    const vm = await requireVm(tx, input.vmId)
    await releaseHost(tx, input.sourceHostId, claimOf(vm))
    if (sites !== undefined) await endDiskMoves(tx, ctx, moves, { there: true, failed: false, source: sites.source })
    await moveVm(tx, ctx, vm, 'OperationSucceeded', {
      cause,
      evidence: { from: source, to: destination, disks: moves.length, ...(s.out.move as Moved).result },
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
      description: `Migrated ${vm.name} from ${source} to ${destination}${moves.length === 0 ? '' : ` with ${moves.length} disk(s)`}${downtime}`,
      accountId: vm.account_id,
      domainId: vm.domain_id,
      resource: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
    })
    ctx.afterCommit(() => ctx.agents.acknowledge(input.sourceHostId, [`${s.runId}/move`]))
  })
  .build()
