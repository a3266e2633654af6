import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { NetworkNames } from '@altostack/agent-api'
import { agentFailure, errorText, type Runtime } from '@altostack/core'
import { keyedLock } from '../keyed-lock.ts'
import type { Log } from '../log.ts'
import { run } from '../process.ts'
import { ensureFile } from '../storage/replace-file.ts'
import {
  type DnsmasqFiles,
  dnsmasqConfig,
  dnsmasqFiles,
  dnsmasqHosts,
  dnsmasqNames,
  keepLeases,
  type Reservation,
} from './dnsmasq-config.ts'
import { ensureServiceSpace, removeServiceSpace, type ServiceSpace, serviceSpace } from './service-space.ts'

/** DHCP and DNS of this host's guests: one dnsmasq a bridge, in a namespace of its own, which outlives the agent. */
export type AddressService = {
  /** Makes the bridge's service so; throws `network.dhcp`. Answers its namespace, or undefined when none is needed. */
  readonly serve: (
    bridge: string,
    reservations: readonly Reservation[],
    names: readonly NetworkNames[],
  ) => Promise<ServiceSpace | undefined>
  /** Bridges that have files of a service here. */
  readonly known: () => string[]
  readonly space: (bridge: string) => ServiceSpace
}

export function openAddressService(options: {
  readonly directory: string
  readonly runtime: Runtime
  readonly log: Log
  readonly shortId: () => string
}): AddressService {
  const { directory, runtime, log } = options
  const lock = keyedLock()
  const space = (bridge: string): ServiceSpace => serviceSpace(options.shortId(), bridge)

  async function start(bridge: string, files: DnsmasqFiles): Promise<void> {
    // It goes to the background by itself and writes its pid: the agent's end does not end it.
    const args = ['netns', 'exec', space(bridge).name, 'dnsmasq', `--conf-file=${files.config}`]
    await run('ip', args, { runtime, timeoutMs: 10_000 })
    log.info({ bridge }, 'DHCP and DNS are served')
  }

  async function stop(files: DnsmasqFiles): Promise<void> {
    const pid = runningPid(files)
    if (pid === undefined) return
    process.kill(pid, 'SIGTERM')
    for (let waited = 0; runningPid(files) === pid; waited += 10) {
      if (waited > 2000) process.kill(pid, 'SIGKILL')
      await runtime.sleep(10)
    }
    rmSync(files.pid, { force: true })
  }

  async function end(bridge: string, files: DnsmasqFiles): Promise<void> {
    await stop(files)
    await removeServiceSpace(runtime, space(bridge))
    for (const file of Object.values(files)) rmSync(file, { force: true })
  }

  async function make(bridge: string, mine: readonly Reservation[], names: readonly NetworkNames[]): Promise<void> {
    const files = dnsmasqFiles(directory, bridge)
    mkdirSync(directory, { recursive: true, mode: 0o755 })
    const fresh = await ensureServiceSpace(runtime, space(bridge), bridge)
    const changed = ensureFile(files.config, dnsmasqConfig(bridge, files, mine, isPrivate(files.config)), 0o644)
    const moved = dropStaleLeases(files, mine)
    const hosts = ensureFile(files.hosts, dnsmasqHosts(mine), 0o644)
    const named = ensureFile(files.names, dnsmasqNames(mine, names), 0o644)
    const pid = runningPid(files)
    if (pid === undefined || fresh || changed || moved) {
      await stop(files)
      if (moved) writeFileSync(files.leases, keepLeases(readOr(files.leases), mine))
      await start(bridge, files)
    } else if (hosts || named) process.kill(pid, 'SIGHUP')
  }

  return {
    space,
    serve: (bridge, reservations, names) =>
      lock(bridge, async () => {
        try {
          if (reservations.length === 0) {
            await end(bridge, dnsmasqFiles(directory, bridge))
            return undefined
          }
          await make(bridge, reservations, names)
          return space(bridge)
        } catch (error) {
          throw agentFailure('network.dhcp', `DHCP on ${bridge} cannot be served`, {
            seen: errorText(error),
            cause: error,
          })
        }
      }),
    known() {
      try {
        return readdirSync(directory).flatMap((file) => (file.endsWith('.conf') ? [file.slice(0, -5)] : []))
      } catch {
        return []
      }
    },
  }
}

function dropStaleLeases(files: DnsmasqFiles, mine: readonly Reservation[]): boolean {
  const leases = readOr(files.leases)
  return leases !== '' && keepLeases(leases, mine) !== leases
}

/** The process of our own configuration file; a pid that something else has taken does not count. */
function runningPid(files: DnsmasqFiles): number | undefined {
  const pid = Number(readOr(files.pid).trim())
  if (!Number.isInteger(pid) || pid <= 1) return undefined
  return readOr(`/proc/${pid}/cmdline`).includes(`--conf-file=${files.config}`) ? pid : undefined
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Whether a directory above the file is closed to other users, to dnsmasq's own among them. */
function isPrivate(file: string): boolean {
  for (let directory = dirname(file); ; directory = dirname(directory)) {
    if ((statSync(directory).mode & 0o001) === 0) return true
    if (directory === dirname(directory)) return false
  }
}
