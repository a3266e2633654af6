import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { hostRefusal, type NicSpec } from '@altostack/agent-api'
import { agentFailure, errorText, type Runtime } from '@altostack/core'
import { isBridge } from '../facts/facts.ts'
import { keyedLock } from '../keyed-lock.ts'
import type { Log } from '../log.ts'
import { run } from '../process.ts'
import { type StateDatabase, transaction } from '../state-database.ts'
import { ensureFile } from '../storage/replace-file.ts'
import {
  type Dhcp,
  type DnsmasqFiles,
  dnsmasqConfig,
  dnsmasqFiles,
  dnsmasqHosts,
  keepLeases,
  type Reservation,
} from './dnsmasq-config.ts'
import { applyGuestFilter } from './guest-filter.ts'
import { listInterfaces } from './interfaces.ts'

/** Addresses of this host's guests by DHCP: one dnsmasq a bridge, which outlives the agent. */
export type DhcpService = {
  /** Keeps the reservations of a guest's NICs and has them answered; throws `network.dhcp` or `network.bridge`. */
  readonly reserve: (instanceName: string, nics: readonly NicSpec[]) => Promise<void>
  readonly release: (instanceName: string) => Promise<void>
  /** After a start of the agent: every bridge with reservations is served. */
  readonly resume: () => Promise<void>
  readonly reservations: () => Reservation[]
}

export type DhcpOptions = {
  readonly database: StateDatabase
  readonly directory: string
  readonly runtime: Runtime
  readonly log: Log
  /** Short id for the name of the nftables table. */
  readonly shortId: () => string
}

export function openDhcp(options: DhcpOptions): DhcpService {
  const { database, directory, runtime, log } = options
  const lock = keyedLock()

  function reservations(): Reservation[] {
    const rows = database.prepare('SELECT * FROM reservation ORDER BY nic').all() as {
      nic: string
      instance: string
      bridge: string
      mac: string
      dhcp: string
    }[]
    return rows.map((row) => ({
      nicUuid: row.nic,
      instanceName: row.instance,
      bridge: row.bridge,
      mac: row.mac,
      dhcp: JSON.parse(row.dhcp) as Dhcp,
    }))
  }

  async function serve(bridge: string): Promise<void> {
    await lock(bridge, async () => {
      const mine = reservations().filter((one) => one.bridge === bridge)
      const files = dnsmasqFiles(directory, bridge)
      mkdirSync(directory, { recursive: true, mode: 0o755 })
      if (mine.length === 0) return await stop(files)
      const all = await listInterfaces(runtime)
      const own = (all.find((one) => one.name === bridge)?.addresses ?? []).filter((one) => !one.includes(':'))
      if (own.length === 0) {
        throw failure(
          bridge,
          'the bridge has no IPv4 address to answer from',
          `Give ${bridge} an address: ip addr add ADDRESS/PREFIX dev ${bridge}`,
        )
      }
      const changed = ensureFile(files.config, dnsmasqConfig(bridge, files, mine, own, isPrivate(files.config)), 0o644)
      const moved = dropStaleLeases(files, mine)
      const hosts = ensureFile(files.hosts, dnsmasqHosts(mine), 0o644)
      const pid = runningPid(files)
      if (pid === undefined || changed || moved) {
        await stop(files)
        if (moved) writeFileSync(files.leases, keepLeases(readOr(files.leases), mine))
        await start(bridge, files)
      } else if (hosts) process.kill(pid, 'SIGHUP')
    })
  }

  async function start(bridge: string, files: DnsmasqFiles): Promise<void> {
    try {
      // It goes to the background by itself and writes its pid: the agent's end does not end it.
      await run('dnsmasq', [`--conf-file=${files.config}`], { runtime, timeoutMs: 10_000 })
    } catch (error) {
      throw failure(bridge, errorText(error))
    }
    log.info({ bridge }, 'DHCP is served')
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

  async function serveAll(bridges: Iterable<string>): Promise<void> {
    for (const bridge of new Set(bridges)) await serve(bridge)
    await applyGuestFilter(runtime, options.shortId(), reservations()).catch((error: unknown) =>
      log.warn({ error: errorText(error) }, 'DHCP of guests could not be kept off the uplink'),
    )
  }

  return {
    reservations,
    async reserve(instanceName, nics) {
      for (const nic of nics) {
        if (isBridge(nic.bridge)) continue
        throw hostRefusal(
          agentFailure('network.bridge', `The bridge ${nic.bridge} does not exist on the host`, {
            seen: `no /sys/class/net/${nic.bridge}/bridge`,
          }),
        )
      }
      const before = reservations().filter((one) => one.instanceName === instanceName)
      const insert = database.prepare(
        'INSERT OR REPLACE INTO reservation (nic, instance, bridge, mac, dhcp) VALUES (?, ?, ?, ?, ?)',
      )
      transaction(database, () => {
        database.prepare('DELETE FROM reservation WHERE instance = ?').run(instanceName)
        for (const nic of nics) {
          if (nic.dhcp === undefined) continue
          // Whoever had this address or this MAC on the bridge before has lost it.
          for (const other of reservations()) {
            const same =
              other.mac === nic.mac ||
              (other.dhcp.address === nic.dhcp.address && other.dhcp.networkUuid === nic.dhcp.networkUuid)
            if (same && other.bridge === nic.bridge)
              database.prepare('DELETE FROM reservation WHERE nic = ?').run(other.nicUuid)
          }
          insert.run(nic.nicUuid, instanceName, nic.bridge, nic.mac, JSON.stringify(nic.dhcp))
        }
      })
      const after = reservations().filter((one) => one.instanceName === instanceName)
      if (before.length + after.length > 0) await serveAll([...before, ...after].map((one) => one.bridge))
    },
    async release(instanceName) {
      const mine = reservations().filter((one) => one.instanceName === instanceName)
      if (mine.length === 0) return
      database.prepare('DELETE FROM reservation WHERE instance = ?').run(instanceName)
      await serveAll(mine.map((one) => one.bridge))
    },
    async resume() {
      const all = reservations()
      for (const bridge of new Set(all.map((one) => one.bridge))) {
        try {
          await serveAll([bridge])
        } catch (error) {
          log.warn({ bridge, error: errorText(error) }, 'DHCP could not be resumed')
        }
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

function failure(bridge: string, seen: string, fix?: string): Error {
  return agentFailure(
    'network.dhcp',
    `DHCP on ${bridge} cannot be served`,
    fix === undefined ? { seen } : { seen, fix },
  )
}

/** Whether a directory above the file is closed to other users, to dnsmasq's own among them. */
function isPrivate(file: string): boolean {
  for (let directory = dirname(file); ; directory = dirname(directory)) {
    if ((statSync(directory).mode & 0o001) === 0) return true
    if (directory === dirname(directory)) return false
  }
}
