import type { Params } from '@altostack/agent-api'
import { AltoError, errorText } from '@altostack/core'
import { RetryLater } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import { stepTokens } from '../storage/index.ts'
import { isLinkTrouble, type StepTokens, vmToken } from './host-calls.ts'
import { migrationOutcome, type SideView } from './migration-outcome.ts'
import { requireVm } from './vm.repository.ts'
import type { VirtualMachine } from './vm.states.ts'

/** The two hosts of a migration, and whether disks go along. */
export type Sides = {
  readonly sourceHostId: number
  readonly destinationHostId: number
  readonly source: string
  readonly destination: string
  readonly generation: number
  readonly disks: boolean
}
/** `gone`: the guest has ended, its disks are as on the source; `gone-there`: as on the destination. */
export type Where = 'moved' | 'stayed' | 'gone' | 'gone-there'
type S = StepTokens & { readonly ctx: ServerContext; readonly signal: AbortSignal; readonly attempt: number }
type Scope = S & { readonly input: { readonly vmId: number } }

/** Throws RetryLater until it is known. A copy that was handed over to nobody is ended: it has never run. */
export async function whereIs(s: Scope, vm: VirtualMachine, sides: Sides): Promise<Where> {
  const source = await inspectSide(s, sides.sourceHostId, vm)
  const destination = await inspectSide(s, sides.destinationHostId, vm)
  const outcome = migrationOutcome(source, destination, sides.disks)
  if (outcome === 'both-paused' || outcome === 'cut') {
    const left = await settleSide(s, sides.destinationHostId, sides.generation, 'drop')
    if (left === 'absent') return outcome === 'cut' ? 'gone' : 'stayed'
  } else if (outcome !== 'unknown') return outcome
  throw new RetryLater(
    undefined,
    `${vm.name}: it is not known yet whether it runs on ${sides.source} or ${sides.destination}`,
  )
}

export async function inspectSide(s: Scope, hostId: number, vm: VirtualMachine): Promise<SideView> {
  try {
    return await s.ctx.agents.call(hostId, 'vm.inspect', { instanceName: vm.instance_name }, { signal: s.signal })
  } catch (error) {
    if (error instanceof AltoError) return undefined
    throw error
  }
}

/** Aborts what may run on the source. Not heard is no failure: where the guest is is asked afterwards. */
export async function abortOnSource(
  s: Scope,
  sourceHostId: number,
  vm: Params<'vm.migration.abort'>['vm'],
): Promise<void> {
  try {
    const tokens = await stepTokens(s.ctx, sourceHostId, s, 'abort')
    await s.ctx.agents.call(sourceHostId, 'vm.migration.abort', { tokens, vm })
  } catch (error) {
    if (!(error instanceof AltoError)) throw error
    s.ctx.log.warn({ vm: vm.uuid, err: error }, 'the migration could not be aborted')
  }
}

export async function settleSide(
  s: Scope,
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
