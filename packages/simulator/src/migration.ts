import { type DiskCopy, hostRefusal, type Params } from '@altostack/agent-api'
import { agentFailure, type JsonObject } from '@altostack/core'
import { contentOf } from './content.ts'
import type { Domain, MigrationJob } from './domain.ts'
import type { HostContext } from './host-context.ts'
import type { Job } from './host-method.ts'
import type { Hypervisor } from './hypervisor.ts'

type Start = Params<'vm.migration.start'>
const steps = 5
const waitMs = 20

/** How the guest stands on its source, seen without knowing what was tried. */
export type SourceState = 'gone' | 'migrating' | 'running' | 'unclear'

export function sourceState(context: HostContext, vm: Start['vm']): SourceState {
  const domain = context.hypervisor.domains.get(vm.instanceName)
  if (domain?.uuid !== vm.uuid) return 'gone'
  if (domain.job !== undefined) return 'migrating'
  return domain.state === 'running' ? 'running' : 'unclear'
}

/** `running` here: nothing happened. Else the server must ask the destination. */
export function sourceFailure(state: SourceState, seen: string): Error {
  if (state === 'running') {
    return hostRefusal(agentFailure('vm.migration', `The live migration failed: ${seen}`, { seen }))
  }
  const where = state === 'gone' ? 'the guest is no longer on its source' : 'the guest is paused on its source'
  return agentFailure('vm.migration-unknown', `The outcome of the live migration is not known: ${where}`, {
    seen: `${where}; ${seen}`,
  })
}

/** Sends the guest over the wire of the process and waits for the end; the hypervisor goes on when the agent dies. */
export async function migrateAway(context: HostContext, params: Start, job: Job): Promise<JsonObject> {
  const domain = context.hypervisor.domains.get(params.vm.instanceName)
  if (domain?.uuid !== params.vm.uuid) {
    throw hostRefusal(agentFailure('vm.absent', `No guest ${params.vm.instanceName} runs here`))
  }
  if (domain.job !== undefined) {
    throw hostRefusal(agentFailure('vm.busy', `The guest ${domain.instanceName} is migrating already`))
  }
  begin(context, domain, params)
  return await follow(context, domain, params, job)
}

/** Waits for a migration that an earlier life of the agent began. */
export async function awaitSource(context: HostContext, params: Start, job: Job): Promise<JsonObject> {
  const domain = context.hypervisor.domains.get(params.vm.instanceName)
  if (domain?.job === undefined) throw sourceFailure(sourceState(context, params.vm), 'the agent was restarted')
  return await follow(context, domain, params, job)
}

async function follow(context: HostContext, domain: Domain, params: Start, job: Job): Promise<JsonObject> {
  const running = domain.job as MigrationJob
  let over = false
  const watch = async (): Promise<void> => {
    let told = running.progress
    while (!over) {
      await context.runtime.sleep(waitMs, job.signal)
      if (over || running.progress === told) continue
      told = running.progress
      job.progress(told)
    }
  }
  watch().catch(() => {})
  try {
    return await running.outcome
  } catch (error) {
    job.signal.throwIfAborted()
    const state = sourceState(context, params.vm)
    const seen = error instanceof Error ? error.message : String(error)
    if (state === 'running' && running.aborted) {
      throw hostRefusal(
        agentFailure('vm.migration-aborted', 'The live migration was cancelled; the guest runs on its source', {
          seen,
        }),
      )
    }
    throw sourceFailure(state, seen)
  } finally {
    over = true
  }
}

function begin(context: HostContext, domain: Domain, params: Start): void {
  const { hypervisor } = context
  const outcome = carry(context, domain, params).finally(() => {
    delete domain.job
    domain.migrating = 'none'
    hypervisor.touch()
  })
  outcome.catch(() => {})
  domain.job = { aborted: false, progress: progressOf(domain, 0), outcome }
  domain.migrating = 'outgoing'
}

function destinationOf(context: HostContext, uri: string): Hypervisor {
  const address = /^[a-z+]+:\/\/([^/]+)/.exec(uri)?.[1] ?? uri
  const destination = context.world.hypervisorAt(address)
  if (destination === undefined) throw new Error(`unable to connect to ${uri}: nobody answers there`)
  if (destination === context.hypervisor) throw new Error('attempt to migrate guest to the same host')
  return destination
}

/** The migration itself, as libvirt of both sides carries it out without their agents. */
async function carry(context: HostContext, domain: Domain, params: Start): Promise<JsonObject> {
  const { hypervisor, runtime } = context
  const { migrationMs, downtimeMs } = hypervisor.profile
  // The job is set by the caller in the same turn.
  await runtime.sleep(0)
  const began = runtime.monotonic()
  const destination = destinationOf(context, params.uri)
  if (destination.domains.has(domain.instanceName)) {
    throw new Error(`domain '${domain.instanceName}' is already on the destination`)
  }
  const { spec, generation, machineType, cpuXml, acceleration, deaf } = domain
  const copies = params.copies ?? []
  const disks = spec.disks.map((disk) => {
    const goes = copies.find(({ volumeUuid }) => volumeUuid === disk.volumeUuid)
    return goes === undefined ? disk : { ...disk, pool: goes.to }
  })
  const copy = destination.start(
    { ...spec, disks },
    {
      generation,
      machineType,
      cpuXml,
      acceleration,
      deaf,
      state: 'paused',
      reason: 'migration',
      migrating: 'incoming',
    },
    'migrated',
  )
  const look = (): void => {
    if (hypervisor.domains.get(domain.instanceName) !== domain) throw new Error('the guest ended on its source')
    if (!hypervisor.reachable() || !destination.reachable()) throw new Error('the migration connection was lost')
    if (destination.domains.get(copy.instanceName) !== copy) throw new Error('the copy on the destination is gone')
    if (domain.job?.aborted) throw new Error('operation aborted: migration job: canceled by client')
  }
  try {
    for (let step = 1; step <= steps; step++) {
      await runtime.sleep(migrationMs / steps)
      look()
      if (domain.job !== undefined) domain.job.progress = progressOf(domain, step / steps)
    }
    hypervisor.pause(domain, 'migration')
    await runtime.sleep(downtimeMs)
    look()
    if (hypervisor.losesHandOver()) {
      throw new LostHandOver('the connection was lost while the guest was handed over')
    }
    for (const one of copies) fill(context, destination.profile.name, one)
    // The hand-over: the source rests already, so that no disk has two writers.
    copy.migrating = 'none'
    destination.resume(copy, 'migrated')
    hypervisor.end(domain, 'migrated')
  } catch (error) {
    if (error instanceof LostHandOver) throw error
    destination.end(copy, 'failed')
    if (domain.state === 'paused' && hypervisor.domains.get(domain.instanceName) === domain) {
      hypervisor.resume(domain, 'migration-canceled')
    }
    throw error
  }
  return {
    outcome: 'migrated',
    totalMs: Math.round(runtime.monotonic() - began),
    downtimeMs,
    setupMs: 0,
    memoryTotalBytes: spec.memoryBytes,
    transferredBytes: spec.memoryBytes,
    iterations: 1,
  }
}

/** What the guest wrote until now is on the image that the destination has prepared. */
function fill({ world, profile }: HostContext, there: string, { from, to, volumeUuid }: DiskCopy): void {
  const source = world.storage.directory(from, profile.name)
  const target = world.storage.directory(to, there)
  const file = source.files.get(volumeUuid)
  if (file === undefined || !target.files.has(volumeUuid))
    throw new Error(`the disk ${volumeUuid} is not on both sides`)
  const { sizeBytes, physicalBytes, format } = file
  const content = contentOf(source, file)
  world.storage.put(target, volumeUuid, { kind: 'volume', sizeBytes, physicalBytes, format, content })
}

/** Both copies stay paused: only a settlement by the server decides. */
class LostHandOver extends Error {}

function progressOf(domain: Domain, part: number): JsonObject {
  const total = domain.spec.memoryBytes
  return {
    memoryTotalBytes: total,
    memoryRemainingBytes: Math.round(total * (1 - part)),
    transferredBytes: Math.round(total * part),
    iterations: 1,
  }
}
