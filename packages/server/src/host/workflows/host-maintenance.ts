import { errorText, hostFailure, hostResourceStates, type JsonObject } from '@altostack/core'
import { defineWorkflow, LockBusy, RetryLater, type StepScope } from '@altostack/workflow'
import { alertTypes, raiseAlert } from '../../alert/index.ts'
import type { ServerContext } from '../../context.ts'
import type { Database, Row } from '../../db/database.ts'
import { transact } from '../../db/transaction.ts'
import { moveVm, vmLock, vmMigrateWorkflow, vmStopWorkflow } from '../../vm/index.ts'
import {
  type EvacuatedGuest,
  type EvacuationMove,
  evacuationMoves,
  forgetMoves,
  guestsLeaving,
  moveFailure,
  noteMove,
  noteMoveFailure,
} from '../evacuation.repository.ts'
import { guestsToStop } from '../evacuation.service.ts'
import { findHost } from '../host.repository.ts'
import { moveHostResourceState } from '../host.states.ts'

export type MaintenanceInput = {
  readonly hostId: number
  readonly hostName: string
  /** The host is Maintenance already: nothing is moved. */
  readonly atOnce: boolean
}
type S = StepScope<ServerContext, MaintenanceInput, object>
type Stuck = { readonly guest: EvacuatedGuest; readonly move: EvacuationMove }

const cause = 'host.maintenance'
const lookEveryMs = 500
const preparing: readonly string[] = ['PrepareForMaintenance', 'ErrorInPrepareForMaintenance']

/**
 * Empties a host whose command has moved it to PrepareForMaintenance: every running guest is migrated live, some at a
 * time, each to where the planner sends it then. A guest that cannot be moved runs on; when only such guests are left
 * the host is ErrorInMaintenance and the job names them. Nothing is stopped, except guests with local disks where the
 * setting says so.
 */
export const hostMaintenanceWorkflow = defineWorkflow<ServerContext, MaintenanceInput, Database>('host.maintenance')
  .step('move-guests', {
    when: (s) => !s.input.atOnce,
    deadlineMs: 24 * 3_600_000,
    do: moveGuests,
  })
  .transact('enter', {
    when: (s) => !s.input.atOnce,
    async do(tx, s) {
      const { ctx, input } = s
      const host = await findHost(tx, input.hostId)
      if (host === undefined || !preparing.includes(host.resource_state)) throw over(input)
      const left = await guestsLeaving(tx, host.id)
      if (left.length > 0) throw hostFailure('host.has-vms', `Host ${host.name} has virtual machines again`)
      await moveHostResourceState(tx, ctx, host, 'InternalEnterMaintenance', { cause })
      await raiseAlert(tx, ctx, {
        type: alertTypes.host,
        zoneId: host.data_center_id,
        podId: host.pod_id,
        clusterId: host.cluster_id,
        subject: `Migration complete for host ${host.name}`,
        content: `Host [${host.name}] is ready for maintenance`,
      })
    },
  })
  .onFailed(async (tx, s, failure) => {
    const { ctx, input } = s
    const host = await findHost(tx, input.hostId)
    // Whoever cancelled the maintenance has moved it already.
    if (host === undefined || !preparing.includes(host.resource_state)) return
    const event = failure.kind === 'cancelled' ? 'AdminCancelMaintenance' : 'UnableToMaintain'
    const { code, message, seen } = failure
    await moveHostResourceState(tx, ctx, host, event, {
      cause,
      evidence: { code, message, ...(seen === undefined ? {} : { seen }) },
    })
  })
  .finally(async (tx, s) => await forgetMoves(tx, s.input.hostId))
  .build()

async function moveGuests(s: S): Promise<{ readonly moved: number }> {
  const { ctx, input } = s
  const host = await findHost(ctx.db, input.hostId)
  if (host === undefined || !preparing.includes(host.resource_state)) throw over(input)
  const guests = await guestsLeaving(ctx.db, host.id)
  const moves = await settleMoves(ctx, host.id)
  if (guests.length === 0) return { moved: moves.size }
  const attempts = await ctx.config.number('alto.maintenance.move.attempts')
  const atATime = await ctx.config.number('alto.maintenance.parallel.moves', { clusterId: host.cluster_id ?? 0 })
  const stopped = await guestsToStop(ctx.db, ctx, host.id)
  const stuck: Stuck[] = []
  const waiting: EvacuatedGuest[] = []
  let busy = 0
  for (const guest of guests) {
    const move = moves.get(guest.id)
    if (guest.state !== 'Running') busy++
    else if (move !== undefined && move.failure_code === null) busy++
    else if (move !== undefined && move.attempts >= attempts) stuck.push({ guest, move })
    else waiting.push(guest)
  }
  for (const guest of waiting) {
    if (busy >= atATime) break
    if (await begin(ctx, host, guest, stopped.has(guest.id))) busy++
  }
  await report(s, host, guests.length, stuck)
  if (busy === 0 && stuck.length === guests.length) throw stuckFailure(input, stuck)
  throw new RetryLater(lookEveryMs, `${guests.length} virtual machine(s) are still on ${input.hostName}`)
}

/** Notes how migrations have ended since the last look. */
async function settleMoves(ctx: ServerContext, hostId: number): Promise<ReadonlyMap<number, EvacuationMove>> {
  for (const move of (await evacuationMoves(ctx.db, hostId)).values()) {
    if (move.failure_code !== null) continue
    const failure = await moveFailure(ctx.db, move.run_id)
    if (failure === undefined) continue
    // One that ended well and left its guest here was cancelled or moved back: it counts as an attempt.
    const { code, seen } = failure ?? { code: 'host.maintenance-over', seen: 'its migration ended' }
    await transact(ctx, (tx) => noteMoveFailure(tx, move.id, code, seen))
  }
  return await evacuationMoves(ctx.db, hostId)
}

/** Starts the migration (or the stop) of one guest. False: somebody else works on it. */
async function begin(ctx: ServerContext, host: Row<'host'>, guest: EvacuatedGuest, stop: boolean): Promise<boolean> {
  const runId = ctx.runtime.uuid()
  const options = { id: runId, lockKey: vmLock(guest.id) }
  try {
    const graceMs = (await ctx.config.number('alto.vm.stop.grace.seconds')) * 1000
    await transact(ctx, async (tx) => {
      if (stop) {
        await moveVm(tx, ctx, guest, 'StopRequested', { cause })
        await ctx.engine.start(tx, vmStopWorkflow, { vmId: guest.id, hostId: host.id, graceMs }, options)
      } else {
        await ctx.engine.start(tx, vmMigrateWorkflow, { vmId: guest.id, sourceHostId: host.id }, options)
      }
      await noteMove(tx, host.id, guest.id, runId, ctx.runtime.now())
      ctx.afterCommit(() => ctx.engine.kick(runId))
    })
    return true
  } catch (error) {
    if (error instanceof LockBusy) return false
    throw error
  }
}

/** Progress of the job; and the host's state says that something does not go as it should. */
async function report(s: S, host: Row<'host'>, left: number, stuck: readonly Stuck[]): Promise<void> {
  const { ctx } = s
  if (s.attempt % 4 === 1) await s.progress({ left, stuck: stuck.map(({ guest }) => guest.name) })
  const event = stuck.length > 0 ? 'UnableToMigrate' : 'ErrorsCorrected'
  const next = hostResourceStates.can(host.resource_state, event)
    ? hostResourceStates.next(host.resource_state as never, event)
    : host.resource_state
  if (next === host.resource_state) return
  const evidence = { stuck: stuck.map(describe) } as JsonObject
  await transact(ctx, (tx) => moveHostResourceState(tx, ctx, host, event, { cause, evidence }))
}

function describe({ guest, move }: Stuck): JsonObject {
  return { vm: guest.name, code: move.failure_code, seen: move.failure_seen, attempts: move.attempts }
}

function stuckFailure(input: MaintenanceInput, stuck: readonly Stuck[]): ReturnType<typeof hostFailure> {
  const lines = stuck.map(({ guest, move }) => `${guest.name}: ${errorText(move.failure_seen)}`)
  return hostFailure(
    'host.maintenance-stuck',
    `${stuck.length} virtual machine(s) could not be moved off host ${input.hostName}: ${lines.slice(0, 5).join(' | ')}`,
    {
      seen: lines.join(' | '),
      entities: stuck.map(({ guest }) => ({ uuid: guest.uuid, description: 'VirtualMachine' })),
      evidence: { stuck: stuck.map(describe) },
    },
  )
}

function over(input: MaintenanceInput): ReturnType<typeof hostFailure> {
  return hostFailure('host.maintenance-over', `The maintenance of host ${input.hostName} was cancelled`)
}
