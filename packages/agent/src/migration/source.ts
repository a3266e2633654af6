import { type DiskCopy, hostRefusal, type Params } from '@altostack/agent-api'
import { agentFailure, errorText, type JsonObject } from '@altostack/core'
import {
  DomainMigrateFlags,
  DomainPausedReason,
  type DomainRef,
  DomainState,
  type LibvirtClient,
  type ParamRecord,
  paramsToRecord,
} from '@altostack/libvirt'
import { isConfigDrive } from '../config-drive/config-drive.ts'
import type { HostContext } from '../host-context.ts'
import type { Job } from '../journal/host-method.ts'
import { askAgain, destinationAway } from '../libvirt/ask-again.ts'
import { isLibvirtCode } from '../libvirt/libvirt.ts'
import { requireGuestDisk } from '../vm/guest-disk.ts'
import { find, findAll, parseXml } from '../xml/parse-xml.ts'
import { asItIsThere } from './destination-xml.ts'
import { migrationProgress, migrationResult } from './migration-result.ts'

type Start = Params<'vm.migration.start'>
const progressMs = 500

/** How the guest stands on its source, seen without knowing what was tried. */
export type SourceState = 'gone' | 'migrating' | 'running' | 'unclear'

/** Runs the migration from this host; rejects with a failure that says whether the guest is still here. */
export async function migrateAway(context: HostContext, params: Start, job: Job): Promise<JsonObject> {
  const { libvirt, runtime, log } = context
  const domain = await libvirt.find(params.vm.instanceName)
  if (domain?.uuid !== params.vm.uuid) {
    throw hostRefusal(agentFailure('vm.absent', `No guest ${params.vm.instanceName} runs here`))
  }
  const began = runtime.monotonic()
  let last: ParamRecord = {}
  try {
    await libvirt.useOwn(async (own) => {
      const completed = await own.on(
        'jobCompleted',
        ({ params: stats }) => {
          last = { ...last, ...paramsToRecord(stats) }
        },
        domain,
      )
      const watch = watchProgress(context, domain, params, job, (stats) => {
        last = stats
      })
      try {
        const off = new AbortController()
        migrationsOf(context).set(domain.uuid, off)
        const signal = AbortSignal.any([job.signal, off.signal])
        await askAgain(destinationAway, () => migrateOnce(context, own, domain, params), runtime, signal)
      } finally {
        migrationsOf(context).delete(domain.uuid)
        watch.stop()
        await completed.close().catch(() => {})
      }
    })
  } catch (error) {
    if (job.signal.aborted) throw error
    throw await explain(context, params, error)
  }
  const elapsed = Math.round(runtime.monotonic() - began)
  log.info({ instanceName: params.vm.instanceName, ms: elapsed, downtimeMs: last.downtime }, 'guest migrated away')
  return migrationResult(last, elapsed)
}

/** Migrations under way by the guest's uuid: one that waits for its destination has no job that libvirt could abort. */
const underWay = new WeakMap<HostContext, Map<string, AbortController>>()
function migrationsOf(context: HostContext): Map<string, AbortController> {
  const known = underWay.get(context) ?? new Map<string, AbortController>()
  underWay.set(context, known)
  return known
}

/** No further attempt of a migration that waits for its destination. False when none is under way. */
export function callOff(context: HostContext, uuid: string): boolean {
  const migration = migrationsOf(context).get(uuid)
  migration?.abort()
  return migration !== undefined
}

async function migrateOnce(context: HostContext, own: LibvirtClient, domain: DomainRef, params: Start): Promise<void> {
  const { LIVE, PEER2PEER, TLS, AUTO_CONVERGE, UNSAFE, ABORT_ON_ERROR, NON_SHARED_DISK } = DomainMigrateFlags
  const tls = params.uri.startsWith('qemu+tls:') ? TLS : 0
  const copies = params.copies ?? []
  const disks = await targetsOf(context, domain, copies)
  const flags =
    LIVE |
    PEER2PEER |
    ABORT_ON_ERROR |
    tls |
    (params.autoConverge ? AUTO_CONVERGE : 0) |
    (disks.length > 0 ? NON_SHARED_DISK : 0)
  const migration = {
    destUri: params.uri,
    migrateUri: params.migrateUri,
    ...(params.bandwidthMiBps === undefined ? {} : { bandwidthMiBps: params.bandwidthMiBps }),
    ...(disks.length > 0 ? { disks } : {}),
    ...(await asItIsThere(context, own, domain, params)),
  }
  try {
    await own.domain.migrate(domain, { ...migration, flags })
  } catch (error) {
    const unsafe = error instanceof Error && 'codeName' in error && error.codeName === 'MIGRATE_UNSAFE'
    if (!unsafe || !(await onSharedDirectories(context, own, domain, disks))) throw error
    // libvirt knows NFS and cluster file systems by their type; a directory that an operator declares shared may be any.
    // cache=none keeps the two hosts' page caches out, and the marker file proves that both see the same directory.
    context.log.info(
      { instanceName: params.vm.instanceName },
      'disks are on a declared shared directory: migrating without the file system check',
    )
    await own.domain.migrate(domain, { ...migration, flags: flags | UNSAFE })
  }
}

/** Libvirt's names of the disks that go along, such as `vda`. */
async function targetsOf(context: HostContext, domain: DomainRef, copies: readonly DiskCopy[]): Promise<string[]> {
  const disks = await Promise.all(
    copies.map(({ from, volumeUuid }) => requireGuestDisk(context, domain, from, volumeUuid)),
  )
  return disks.map(({ target }) => target)
}

/**
 * Whether both hosts have the same disks without their page caches between, those that go along left out; a config drive is
 * a copy that is never written.
 */
async function onSharedDirectories(
  context: HostContext,
  own: LibvirtClient,
  domain: DomainRef,
  goAlong: readonly string[],
): Promise<boolean> {
  const pools = context.pools.attached().filter((pool) => pool.type !== 'Filesystem')
  const disks = findAll(parseXml(await own.domain.getXmlDesc(domain)), 'devices/disk')
  return disks.every((disk) => {
    if (goAlong.includes(find(disk, 'target')?.attributes.dev ?? '')) return true
    const { file, dev } = find(disk, 'source')?.attributes ?? {}
    const path = file ?? dev
    if (path === undefined) return find(disk, 'source') === undefined
    if (isConfigDrive(context, path)) return true
    const cache = find(disk, 'driver')?.attributes.cache
    return cache === 'none' && pools.some((pool) => path.startsWith(`${pool.path.replace(/\/$/, '')}/`))
  })
}

function watchProgress(
  context: HostContext,
  domain: DomainRef,
  params: Start,
  job: Job,
  seen: (stats: ParamRecord) => void,
): { stop: () => void } {
  let stopped = false
  let limited = false
  const tick = async (): Promise<void> => {
    try {
      await context.libvirt.use(async (client) => {
        const { type, stats } = await client.domain.getJobStats(domain)
        if (stopped || type === 'none') return
        if (!limited && params.maxDowntimeMs !== undefined) {
          await client.domain.setMigrateMaxDowntime(domain, params.maxDowntimeMs)
          limited = true
        }
        seen(stats)
        job.progress(migrationProgress(stats))
      })
    } catch {
      // The guest may be gone this very moment; the migration call tells.
    }
    if (!stopped) cancel = context.runtime.after(progressMs, () => void tick())
  }
  let cancel = context.runtime.after(20, () => void tick())
  return {
    stop: () => {
      stopped = true
      cancel()
    },
  }
}

/** The guest on this host now. Throws when libvirt cannot be asked. */
export async function sourceState(context: HostContext, vm: Start['vm']): Promise<SourceState> {
  const domain = await context.libvirt.find(vm.instanceName)
  if (domain?.uuid !== vm.uuid) return 'gone'
  return await context.libvirt.use(async (client) => {
    const [{ state, reason }, { type }] = await Promise.all([
      client.domain.getState(domain),
      client.domain.getJobStats(domain),
    ])
    if (type !== 'none') return 'migrating'
    if (state === DomainState.RUNNING) return 'running'
    if (state === DomainState.PAUSED && reason !== DomainPausedReason.MIGRATION) return 'running'
    return 'unclear'
  })
}

/** Waits until the source shows how a migration ended that nobody watched. */
export async function awaitSource(context: HostContext, params: Start, job: Job): Promise<JsonObject> {
  for (;;) {
    const state = await sourceState(context, params.vm)
    if (state !== 'migrating') throw sourceFailure(state, 'the agent was restarted during the migration')
    await context.runtime.sleep(progressMs, job.signal)
  }
}

/** What a failed migration call means for the guest. libvirtd may be restarting: it is waited for. */
async function explain(context: HostContext, params: Start, error: unknown): Promise<unknown> {
  const seen = errorText(error)
  const until = context.runtime.monotonic() + 60_000
  for (;;) {
    try {
      const state = await sourceState(context, params.vm)
      if (state === 'migrating' && context.runtime.monotonic() < until) {
        await context.runtime.sleep(progressMs)
        continue
      }
      if (state === 'running' && isLibvirtCode(error, 'OPERATION_ABORTED')) {
        return hostRefusal(
          agentFailure('vm.migration-aborted', 'The live migration was cancelled; the guest runs on its source', {
            seen,
          }),
        )
      }
      return sourceFailure(state, seen)
    } catch (again) {
      if (context.runtime.monotonic() >= until) return sourceFailure('unclear', `${seen}; ${errorText(again)}`)
      await context.runtime.sleep(progressMs)
    }
  }
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
