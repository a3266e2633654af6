import { type AltoError, Bug, AltoError as Failure, type JsonObject } from '@altostack/core'
import { defineWorkflow, type RunFailure, type Scope, type StepScope } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database, Tx } from '../../db/database.ts'
import { protectHost } from '../../guest-network/index.ts'
import { requireHostRow } from '../../host/index.ts'
import { releaseNics } from '../../network/index.ts'
import { hostPoolRef, requirePool, stepTokens } from '../../storage/index.ts'
import { ensureTemplateOnPool, forgetTemplateCopy, requireTemplate } from '../../template/index.ts'
import {
  abandonCreate,
  beginCreate,
  endCreate,
  endVolume,
  hostForPool,
  requireVolume,
  volumesOfVm,
} from '../../volume/index.ts'
import { settleFailedEnd } from '../end-guest.ts'
import { askHost, ensureGone, failureError, type HostFailure, type Outcome, vmToken } from '../host-calls.ts'
import { placeAndClaim } from '../place.ts'
import { vmDemand } from '../start-demand.ts'
import { isTemplateReady } from '../template-on-pool.ts'
import { requireVm } from '../vm.repository.ts'
import { moveVm } from '../vm.states.ts'
import { claimOfSize, releaseClaims } from '../vm-claims.ts'
import { insertVmPlacement, noteVmPlacementFailure } from '../vm-placement.repository.ts'
import { rootPoolId, vmSpec } from '../vm-spec.ts'

/**
 * Starts a VM that its command has moved to Starting. Hosts are tried one after the other: each attempt reserves a host
 * (plan, claim, generation and host in one transaction), brings the template onto the pool if it is not there, makes the
 * disks that do not exist yet and starts the guest. A host that refuses is left only when it is certain that no copy
 * runs there; a host that does not answer is waited for. When everything failed the effects are taken back: guest ended,
 * new files removed, claims released, state Error for a first deploy, else Stopped.
 */
export type StartInput = {
  readonly vmId: number
  /** The VM was made by this very command: a failure leaves it in Error and removes its disks. */
  readonly first: boolean
  readonly podId?: number
  readonly clusterId?: number
  readonly hostId?: number
  readonly considerLastHost: boolean
  readonly allowDisabled: boolean
}
type Reservation = {
  readonly vmId: number
  readonly hostId: number
  readonly hostName: string
  readonly generation: number
  readonly incarnation: number
  /** Lease of the run when it was reserved: a step in a later lease may have been tried before. */
  readonly epoch: number
  readonly template: { readonly id: number; readonly poolId: number } | null
  /** The ISO of its drive, where the pool has no copy yet. Absent in runs of before. */
  readonly iso?: { readonly id: number; readonly poolId: number } | null
  readonly volumes: readonly { readonly id: number; readonly poolId: number }[]
}
type Started = {
  readonly vncPort: number
  readonly machineType: string
  readonly cpuXml: string
  readonly acceleration: string
}
type Files = {
  readonly files: readonly {
    readonly id: number
    readonly sizeBytes: number
    readonly physicalBytes: number
    readonly path: string
  }[]
}
/** Outputs by step name; `-2` and so on for later attempts. */
type Out = { readonly [step: string]: unknown }
type S = Scope<ServerContext, StartInput, Out>
type Step = StepScope<ServerContext, StartInput, Out>

/** Hosts tried in one start. */
export const startAttempts = 3

const names = Array.from({ length: startAttempts }, (_, index) => (index === 0 ? '' : `-${index + 1}`))

const cause = 'vm.start'
const minute = 60_000

function reservationOf(out: Out, suffix: string): Reservation | undefined {
  return out[`reserve${suffix}`] as Reservation | undefined
}
function outcomeOf<T extends JsonObject>(out: Out, step: string, suffix: string): Outcome<T> | undefined {
  return out[`${step}${suffix}`] as Outcome<T> | undefined
}
/** The failure that ended an attempt, if one did. */
function failureOf(out: Out, suffix: string): HostFailure | undefined {
  for (const step of ['template', 'iso', 'volume', 'start']) {
    const outcome = outcomeOf(out, step, suffix)
    if (outcome?.ok === false) return outcome.failure
  }
  return undefined
}
function inAttempt(out: Out, suffix: string): boolean {
  return reservationOf(out, suffix) !== undefined && failureOf(out, suffix) === undefined
}
function untried(s: Step, reservation: Reservation): boolean {
  return s.attempt === 1 && s.epoch === reservation.epoch
}

/** Takes the next host: one transaction with the claim, the VM's host and its generation. */
async function reserve(tx: Tx, s: S, suffix: string): Promise<Reservation> {
  const { ctx, input } = s
  const failures = names.flatMap((other) => failureOf(s.out, other) ?? [])
  const before = await requireVm(tx, input.vmId)
  for (const volume of await volumesOfVm(tx, before.id)) {
    // A disk half made on storage that only the failed host has is planned anew; a shared pool keeps it.
    if (
      volume.state === 'Creating' &&
      volume.pool_id !== null &&
      (await requirePool(tx, volume.pool_id)).scope === 'HOST'
    ) {
      await abandonCreate(tx, ctx, volume, cause)
    }
  }
  const demand = await vmDemand(tx, before, {
    podId: input.podId,
    clusterId: input.clusterId,
    hostId: input.hostId,
    considerLastHost: input.considerLastHost,
    allowDisabled: input.allowDisabled,
    avoid: new Map(failures.map((failure) => [failure.hostId, `failed at this start: ${failure.message}`])),
  })
  const freed = await releaseClaims(tx, before)
  const claim = claimOfSize(before)
  let placed: Awaited<ReturnType<typeof placeAndClaim>>
  try {
    placed = await placeAndClaim(tx, ctx, demand, claim)
  } catch (error) {
    throw failures.length > 0 && error instanceof Failure ? allHostsFailed(failures, error) : error
  }
  const host = await requireHostRow(tx, placed.hostId)
  const vm = await moveVm(tx, ctx, before, 'OperationRetry', {
    cause,
    evidence: { host: host.name, attempt: suffix === '' ? 1 : Number(suffix.slice(1)) },
    set: {
      ...freed,
      host_id: host.id,
      pod_id: host.pod_id,
      generation: before.generation + 1,
      claimed_cpu: claim.cpu,
      claimed_memory: claim.memory,
      claimed_cores: claim.cores,
      run_id: s.runId,
    },
  })
  const created: { id: number; poolId: number }[] = []
  let first: { readonly poolId: number } | undefined
  for (const volume of await volumesOfVm(tx, vm.id)) {
    if (volume.state !== 'Allocated' && volume.state !== 'Creating') continue
    const poolId = placed.volumes.find((entry) => entry.volumeId === volume.id)?.poolId
    if (poolId === undefined) throw new Bug('the plan forgot a volume', { volume: volume.uuid })
    await beginCreate(tx, ctx, volume, poolId, cause)
    created.push({ id: volume.id, poolId })
    // Only the root disk is built on the template.
    if (volume.template_id !== null) first = { poolId }
  }
  const attempt = { vm_id: vm.id, run_id: s.runId, host_id: host.id, generation: vm.generation }
  await insertVmPlacement(tx, { ...attempt, created: ctx.runtime.now() })
  const template =
    first === undefined || vm.vm_template_id === null || (await isTemplateReady(tx, first.poolId, vm.vm_template_id))
      ? null
      : { id: vm.vm_template_id, poolId: first.poolId }
  const rootPool = await rootPoolId(tx, vm.id)
  const iso =
    vm.iso_id === null || rootPool === null || (await isTemplateReady(tx, rootPool, vm.iso_id))
      ? null
      : { id: vm.iso_id, poolId: rootPool }
  return {
    vmId: vm.id,
    hostId: host.id,
    hostName: host.name,
    generation: vm.generation,
    incarnation: host.incarnation,
    epoch: s.epoch,
    template,
    iso,
    volumes: created,
  }
}

async function bringImage(s: Step, reservation: Reservation, image: Reservation['template']): Promise<Outcome> {
  if (image === null) throw new Bug('no image is needed')
  const { effectPossible: _, ...outcome } = await askHost(reservation.hostId, untried(s, reservation), async () => {
    await ensureTemplateOnPool(s.ctx, {
      templateId: image.id,
      poolId: image.poolId,
      hostId: reservation.hostId,
      tokens: await stepTokens(s.ctx, reservation.hostId, s),
      signal: s.signal,
    })
    return {}
  })
  return outcome
}

async function createVolumes(s: Step, reservation: Reservation): Promise<Outcome<Files>> {
  const { ctx } = s
  const files: Files['files'][number][] = []
  for (const { id, poolId } of reservation.volumes) {
    const volume = await requireVolume(ctx.db, id)
    const template = volume.template_id === null ? undefined : await requireTemplate(ctx.db, volume.template_id)
    const pool = hostPoolRef(await requirePool(ctx.db, poolId))
    const { effectPossible, ...outcome } = await askHost(reservation.hostId, untried(s, reservation), async () =>
      ctx.agents.call(
        reservation.hostId,
        'volume.create',
        {
          tokens: await stepTokens(ctx, reservation.hostId, s, volume.uuid),
          pool,
          volume: {
            uuid: volume.uuid,
            sizeBytes: volume.size,
            format: volume.format === 'RAW' ? 'raw' : 'qcow2',
            ...(template === undefined ? {} : { templateUuid: template.uuid }),
          },
        },
        { signal: s.signal },
      ),
    )
    if (!outcome.ok) {
      if (outcome.failure.code === 'template.absent' && volume.template_id !== null) {
        await forgetTemplateCopy(ctx, poolId, volume.template_id)
      }
      if (effectPossible) await removeFiles(s, reservation, `again-${s.epoch}-${s.attempt}`)
      return outcome
    }
    files.push({ id, ...outcome.value })
  }
  return { ok: true, value: { files } }
}

/** A refusal that was saved as an outcome was cleaned up before it was saved. */
async function undoUnlessClean(
  s: Step,
  step: string,
  suffix: string,
  undo: (s: Step, reservation: Reservation, part: string) => Promise<void>,
): Promise<void> {
  if (outcomeOf(s.out, step, suffix)?.ok !== false) await undo(s, reservationOf(s.out, suffix)!, 'undo')
}

/** Removes what this attempt may have made, asking any connected host of the pool. `part` is as that of `ensureGone`. */
async function removeFiles(s: Step, reservation: Reservation, part: string): Promise<void> {
  const { ctx } = s
  for (const { id, poolId } of reservation.volumes) {
    const volume = await requireVolume(ctx.db, id)
    // A disk that a later attempt completed belongs to the VM, unless the VM goes.
    if (volume.state === 'Ready' && !s.input.first) continue
    const hostId = await hostForPool(ctx.db, ctx, poolId, reservation.hostId)
    const outcome = await askHost(hostId ?? reservation.hostId, false, async () =>
      ctx.agents.call(hostId ?? reservation.hostId, 'volume.remove', {
        tokens: await stepTokens(ctx, hostId ?? reservation.hostId, s, `${volume.uuid}/${part}`),
        pool: hostPoolRef(await requirePool(ctx.db, poolId)),
        volumeUuid: volume.uuid,
      }),
    )
    if (!outcome.ok) throw failureError(outcome.failure)
  }
}

async function startGuest(s: Step, reservation: Reservation): Promise<Outcome<Started>> {
  const { ctx } = s
  const vm = await requireVm(ctx.db, s.input.vmId)
  const spec = await vmSpec(ctx.db, ctx, vm)
  const { effectPossible, ...outcome } = await askHost(reservation.hostId, untried(s, reservation), async () => {
    await protectHost(ctx, reservation.hostId, s.signal)
    const { vncPort, machineType, cpuXml, acceleration } = await ctx.agents.call(
      reservation.hostId,
      'vm.start',
      { tokens: await stepTokens(ctx, reservation.hostId, s), vm: vmToken(vm, reservation.generation), spec },
      { signal: s.signal },
    )
    return { vncPort, machineType, cpuXml, acceleration }
  })
  if (!outcome.ok && effectPossible) await endGuest(s, reservation, `again-${s.epoch}-${s.attempt}`)
  return outcome
}

async function endGuest(s: Step, reservation: Reservation, part: string): Promise<void> {
  const vm = await requireVm(s.ctx.db, s.input.vmId)
  await ensureGone(s.ctx, s, reservation.hostId, vm, reservation.generation, reservation.incarnation, part)
}

async function saveFiles(tx: Tx, s: S, suffix: string): Promise<void> {
  const outcome = outcomeOf<Files>(s.out, 'volume', suffix)
  if (outcome?.ok !== true) return
  const volumes = await volumesOfVm(tx, s.input.vmId)
  for (const file of outcome.value.files) {
    const volume = volumes.find((row) => row.id === file.id)
    if (volume !== undefined) await endCreate(tx, s.ctx, volume, file, cause)
  }
}

function allHostsFailed(failures: readonly HostFailure[], none?: AltoError): AltoError {
  const last = failures.at(-1)!
  const error = failureError(last)
  return new Failure(error.code, { api: error.api, cause: last.message, fix: error.fix }, last.message, {
    seen: failures.map((failure) => `host ${failure.hostId}: ${failure.message}`).join('; '),
    evidence: {
      tried: failures.map(({ hostId, code, message, seen }) => ({ hostId, code, message, ...(seen ? { seen } : {}) })),
      ...(none?.evidence === undefined ? {} : { others: none.evidence }),
    },
  })
}

async function finish(tx: Tx, s: S): Promise<void> {
  // A restored VM that was stopped stays so.
  if (names.every((name) => reservationOf(s.out, name) === undefined)) return
  const suffix = names.find((name) => outcomeOf(s.out, 'start', name)?.ok === true)
  const reservation = suffix === undefined ? undefined : reservationOf(s.out, suffix)
  const outcome = suffix === undefined ? undefined : outcomeOf<Started>(s.out, 'start', suffix)
  if (reservation === undefined || outcome?.ok !== true) throw new Bug('a start ended without a started guest')
  const { vncPort, machineType, cpuXml, acceleration } = outcome.value
  const now = s.ctx.runtime.now()
  const vm = await requireVm(tx, s.input.vmId)
  await moveVm(tx, s.ctx, vm, 'OperationSucceeded', {
    cause,
    evidence: { host: reservation.hostName, generation: reservation.generation },
    set: {
      vnc_port: vncPort,
      machine_type: machineType,
      cpu_xml: cpuXml,
      acceleration,
      last_host_id: reservation.hostId,
      power_state: 'PowerOn',
      power_host: reservation.hostId,
      power_state_update_time: now,
      last_error: null,
      run_id: null,
    },
  })
  acknowledge(s)
}

/** The outcomes are saved: the hosts may forget them. */
function acknowledge(s: S): void {
  s.ctx.afterCommit(() => {
    for (const suffix of names) {
      const reservation = reservationOf(s.out, suffix)
      if (reservation === undefined) continue
      const keys = ['template', 'iso', 'start'].map((step) => `${s.runId}/${step}${suffix}`)
      s.ctx.agents.acknowledge(reservation.hostId, keys)
    }
  })
}

async function giveUp(tx: Tx, s: S, failure: RunFailure): Promise<void> {
  // Whoever pre-empted this run owns the VM now.
  if (failure.kind === 'preempted') return
  const { ctx, input } = s
  const vm = await requireVm(tx, input.vmId)
  if (vm.state === 'Stopping') return await settleFailedEnd(tx, ctx, vm.id, cause, failure)
  if (vm.state !== 'Starting') return
  const freed = await releaseClaims(tx, vm)
  for (const volume of await volumesOfVm(tx, vm.id)) {
    if (input.first) await endVolume(tx, ctx, volume, cause)
    else await abandonCreate(tx, ctx, volume, cause)
  }
  if (input.first) await releaseNics(tx, vm.id, ctx.runtime.now())
  const { code, message, fix, seen } = failure
  await moveVm(tx, ctx, vm, input.first ? 'OperationFailedToError' : 'OperationFailed', {
    cause,
    evidence: { code, message, ...(seen === undefined ? {} : { seen }) },
    set: { ...freed, last_error: JSON.stringify({ code, message, fix, seen }), run_id: null, power_state: 'PowerOff' },
  })
  acknowledge(s)
}

/**
 * Adds the steps of a start to those that come before it, and ends the workflow. `wanted` says from the input whether
 * the VM is to be started at all.
 */
// biome-ignore lint/suspicious/noExplicitAny: the attempts are made in a loop, so their outputs are read by name
export function endWithStart(before: any, wanted: (input: any) => boolean = () => true): any {
  let steps = before
  for (const [index, suffix] of names.entries()) {
    const last = names[index - 1]
    const due = (s: S): boolean => (last === undefined ? wanted(s.input) : failureOf(s.out, last) !== undefined)
    steps = steps
      .transact(`reserve${suffix}`, { when: due, do: (tx: Tx, s: S) => reserve(tx, s, suffix) })
      .step(`template${suffix}`, {
        when: (s: S) => inAttempt(s.out, suffix) && reservationOf(s.out, suffix)?.template !== null,
        do: (s: Step) => {
          const reservation = reservationOf(s.out, suffix)!
          return bringImage(s, reservation, reservation.template)
        },
        deadlineMs: 60 * minute,
      })
      .step(`iso${suffix}`, {
        when: (s: S) => inAttempt(s.out, suffix) && (reservationOf(s.out, suffix)?.iso ?? null) !== null,
        do: (s: Step) => {
          const reservation = reservationOf(s.out, suffix)!
          return bringImage(s, reservation, reservation.iso ?? null)
        },
        deadlineMs: 60 * minute,
      })
      .step(`volume${suffix}`, {
        when: (s: S) => inAttempt(s.out, suffix) && reservationOf(s.out, suffix)!.volumes.length > 0,
        do: (s: Step) => createVolumes(s, reservationOf(s.out, suffix)!),
        undo: (s: Step) => undoUnlessClean(s, 'volume', suffix, removeFiles),
        deadlineMs: 15 * minute,
      })
      .transact(`files${suffix}`, {
        when: (s: S) => outcomeOf(s.out, 'volume', suffix)?.ok === true,
        do: (tx: Tx, s: S) => saveFiles(tx, s, suffix),
      })
      .step(`start${suffix}`, {
        when: (s: S) => inAttempt(s.out, suffix),
        do: (s: Step) => startGuest(s, reservationOf(s.out, suffix)!),
        undo: (s: Step) => undoUnlessClean(s, 'start', suffix, endGuest),
        deadlineMs: 15 * minute,
      })
      .transact(`leave${suffix}`, {
        when: (s: S) => failureOf(s.out, suffix) !== undefined,
        do: async (tx: Tx, s: S) => {
          const failure = failureOf(s.out, suffix)!
          const { code, hostId, message } = failure
          await noteVmPlacementFailure(
            tx,
            { runId: s.runId, hostId },
            { code, seen: `${message} ${failure.seen ?? ''}` },
          )
        },
      })
  }

  return steps
    .transact('verdict', {
      do: async (_tx: Tx, s: S) => {
        const failures = names.flatMap((name) => failureOf(s.out, name) ?? [])
        if (failures.length === startAttempts) throw allHostsFailed(failures)
      },
    })
    .onSucceeded(finish)
    .onFailed(giveUp)
    .build()
}

export const vmStartWorkflow = endWithStart(defineWorkflow<ServerContext, StartInput, Database>('vm.start'))
