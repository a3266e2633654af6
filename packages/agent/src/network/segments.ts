import { AgentCallError, guestMtu, hostRefusal, type NicSpec, neededUnderlay } from '@altostack/agent-api'
import { agentFailure, errorText, type Runtime } from '@altostack/core'
import { isBridge } from '../facts/facts.ts'
import { keyedLock } from '../keyed-lock.ts'
import type { Log } from '../log.ts'
import { readValue, type StateDatabase, transaction, writeValue } from '../state-database.ts'
import { listInterfaces } from './interfaces.ts'
import { bridgePorts, ip, isTap, pinMtu, readLink, setFloodList, uplinkOf } from './links.ts'
import { addDevice, planSegment, type SegmentPlan, segmentUri } from './segment-plan.ts'

/**
 * Bridges of VLANs and VXLANs: made when the first guest of this host needs one, removed when the last has gone. What is
 * in use is kept on the disk; interfaces that were here before, or that somebody else made, are used and never removed.
 */
export type Segments = {
  /** Makes what the NICs need and notes their use; answers them with the bridges they belong on. Throws refusals. */
  readonly attach: (instanceName: string, nics: readonly NicSpec[]) => Promise<NicSpec[]>
  /** What would refuse the NIC here; undefined: nothing. Changes nothing. */
  readonly refusal: (nic: NicSpec) => Promise<AgentCallError | undefined>
  /** The guest is gone from this host, or has no NICs but those of `except`. Repeating it changes nothing. */
  readonly release: (instanceName: string, except?: readonly string[]) => Promise<void>
  /** Addresses of the hosts that VXLANs in unicast mode flood to; kept. */
  readonly setPeers: (peers: readonly string[]) => Promise<void>
  readonly peers: () => string[]
  /** Makes again what guests in use need (somebody may have removed it) and removes what nothing uses. */
  readonly settle: (running: ReadonlySet<string>) => Promise<void>
}

type Use = { readonly nic: string; readonly instance: string; readonly bridge: string; readonly since: number }
const peersValue = 'vxlan.peers'
const ethernet = 1500
/** A use whose guest is not there is given up after this: a migration that was prepared may still come. */
const forgottenMs = 15 * 60_000

export function openSegments(options: {
  readonly database: StateDatabase
  readonly runtime: Runtime
  readonly log: Log
}): Segments {
  const { database, runtime, log } = options
  const lock = keyedLock()

  const uses = (): Use[] => database.prepare('SELECT * FROM nic_use ORDER BY nic').all() as Use[]
  const plans = (): SegmentPlan[] =>
    (database.prepare('SELECT plan FROM segment').all() as { plan: string }[]).map((row) => JSON.parse(row.plan))
  const peers = (): string[] => JSON.parse(readValue(database, peersValue) ?? '[]') as string[]

  async function planned(nic: NicSpec): Promise<{ plan?: SegmentPlan; underlay: number }> {
    const { segment, bridge: label } = nic
    if (segment === undefined && !isBridge(label)) throw noBridge(label)
    const uplink = uplinkOf(label)
    const labelLink = await readLink(runtime, label)
    if (labelLink === undefined) throw noBridge(label)
    if (segment === undefined) return { underlay: labelLink.mtu }
    if (uplink === undefined && segment.kind === 'vlan') {
      throw uplinkFailure(`${label} has no port to the outside`, `ports: ${bridgePorts(label).join(', ') || 'none'}`)
    }
    const plan = planSegment(segment, label, uplink ?? label)
    const below = plan.below === label ? labelLink : await readLink(runtime, plan.below)
    if (below === undefined) throw uplinkFailure(`${plan.below} is not there`, 'no such interface')
    return { plan, underlay: below.mtu }
  }

  async function check(nic: NicSpec): Promise<{ plan?: SegmentPlan; mtu: number; underlay: number }> {
    const { plan, underlay } = await planned(nic)
    const mtu = nic.mtu ?? untoldMtu(underlay, nic)
    const needed = neededUnderlay(mtu, nic.segment)
    if (needed > underlay) {
      const below = plan?.below ?? nic.bridge
      const why = nic.segment?.kind === 'vxlan' ? ` and VXLAN adds ${needed - mtu} bytes` : ''
      throw hostRefusal(
        agentFailure(
          'network.mtu',
          `Guests of ${segmentUri(nic)} send packets of ${mtu} bytes${why}: ${needed} are needed, ${below} carries ${underlay}`,
          {
            seen: `mtu of ${below} is ${underlay}, needed ${needed}`,
            fix: `ip link set ${below} mtu ${needed} (and its ports and the switches), or make the network with privatemtu=${mtu - (needed - underlay)}.`,
          },
        ),
      )
    }
    if (nic.segment?.kind === 'vxlan') await localAddress(nic.bridge)
    return plan === undefined ? { mtu, underlay } : { plan, mtu, underlay }
  }

  /** The address that this host's VXLANs send from: the one of the label's bridge. */
  async function localAddress(label: string): Promise<string> {
    const own = (await listInterfaces(runtime)).find((one) => one.name === label)
    const address = own?.addresses.find((one) => !one.includes(':'))
    if (address !== undefined) return address
    throw uplinkFailure(`VXLAN is sent from an address of ${label}, which has none`, 'no IPv4 address')
  }

  async function make(plan: SegmentPlan, label: string, mtu: number): Promise<void> {
    await lock(plan.bridge, async () => {
      const known = plans().find((one) => one.bridge === plan.bridge)
      const ours = known !== undefined
      const foreign = known?.foreignBridge ?? (!ours && isBridge(plan.bridge))
      try {
        let device = await readLink(runtime, plan.device)
        if (device !== undefined && !matches(device, plan)) {
          if (!ours) throw segmentFailure(plan, `${plan.device} is there already: ${JSON.stringify(device)}`)
          await ip(runtime, 'link', 'del', plan.device)
          device = undefined
        }
        if (device === undefined || ours) {
          // Ours before it exists: a crash in between leaves a row whose interfaces the next settlement removes.
          database
            .prepare('INSERT OR REPLACE INTO segment (bridge, device, plan) VALUES (?, ?, ?)')
            .run(plan.bridge, plan.device, JSON.stringify({ ...plan, ...(foreign ? { foreignBridge: true } : {}) }))
        }
        const local = plan.segment.kind === 'vxlan' ? await localAddress(label) : ''
        if (device === undefined) await ip(runtime, ...addDevice(plan, mtu, local))
        else if (device.mtu !== mtu && ours) await ip(runtime, 'link', 'set', 'dev', plan.device, 'mtu', `${mtu}`)
        if (!isBridge(plan.bridge)) await ip(runtime, 'link', 'add', plan.bridge, 'type', 'bridge')
        if (device === undefined || device.master !== plan.bridge) {
          await ip(runtime, 'link', 'set', 'dev', plan.device, 'master', plan.bridge)
        }
        // The host takes no part in a guest network: no address by itself, not even a link-local one.
        for (const name of [plan.device, plan.bridge]) {
          await ip(runtime, 'link', 'set', 'dev', name, 'addrgenmode', 'none')
          await ip(runtime, 'link', 'set', 'dev', name, 'up')
        }
        if (floods(plan)) await setFloodList(runtime, plan.device, await others())
      } catch (error) {
        if (error instanceof AgentCallError) throw error
        throw segmentFailure(plan, errorText(error))
      }
    })
  }

  async function others(): Promise<string[]> {
    const own = new Set((await listInterfaces(runtime)).flatMap((one) => one.addresses))
    return peers().filter((peer) => !own.has(peer))
  }

  async function removeUnused(bridge: string): Promise<void> {
    await lock(bridge, async () => {
      const plan = plans().find((one) => one.bridge === bridge)
      if (plan === undefined || uses().some((use) => use.bridge === bridge)) return
      // A guest that is not ours may have been put on it by hand.
      if (bridgePorts(bridge).some(isTap)) return
      for (const name of plan.foreignBridge ? [plan.device] : [plan.device, bridge]) {
        if ((await readLink(runtime, name)) !== undefined) await ip(runtime, 'link', 'del', name)
      }
      database.prepare('DELETE FROM segment WHERE bridge = ?').run(bridge)
      log.info({ bridge }, 'guest network removed: nothing uses it any more')
    })
  }

  async function forget(gone: readonly Use[]): Promise<void> {
    transaction(database, () => {
      for (const use of gone) database.prepare('DELETE FROM nic_use WHERE nic = ?').run(use.nic)
    })
    for (const bridge of new Set(gone.map((use) => use.bridge))) await removeUnused(bridge)
  }

  return {
    peers,
    async attach(instanceName, nics) {
      const placed: NicSpec[] = []
      for (const nic of nics) {
        const { plan, mtu, underlay } = await check(nic)
        if (plan === undefined) {
          if (nic.mtu !== undefined && nic.mtu < underlay) await pinMtu(runtime, nic.bridge, underlay)
          placed.push(nic)
          continue
        }
        database
          .prepare('INSERT OR REPLACE INTO nic_use (nic, instance, bridge, since) VALUES (?, ?, ?, ?)')
          .run(nic.nicUuid, instanceName, plan.bridge, runtime.now())
        await make(plan, nic.bridge, mtu)
        // A VLAN's guests follow their bridge; a VXLAN's must be told that it carries less.
        placed.push({ ...nic, bridge: plan.bridge, ...(plan.segment.kind === 'vxlan' ? { mtu } : {}) })
      }
      return placed
    },
    async refusal(nic) {
      try {
        await check(nic)
        return undefined
      } catch (error) {
        if (error instanceof AgentCallError) return error
        throw error
      }
    },
    async release(instanceName, except = []) {
      await forget(uses().filter((use) => use.instance === instanceName && !except.includes(use.nic)))
    },
    async setPeers(list) {
      writeValue(database, peersValue, JSON.stringify(list))
      const wanted = await others()
      for (const plan of plans()) {
        if (!floods(plan)) continue
        await lock(plan.bridge, async () => {
          if ((await readLink(runtime, plan.device)) !== undefined) await setFloodList(runtime, plan.device, wanted)
        })
      }
    },
    async settle(running) {
      const now = runtime.now()
      await forget(uses().filter((use) => !running.has(use.instance) && now - use.since > forgottenMs))
      for (const plan of plans()) {
        const used = uses().some((use) => use.bridge === plan.bridge && running.has(use.instance))
        if (!used) await removeUnused(plan.bridge)
        else if ((await readLink(runtime, plan.device)) === undefined || !isBridge(plan.bridge)) {
          log.warn({ bridge: plan.bridge }, 'the bridge of running guests was gone and is made again')
          const below = await readLink(runtime, plan.below)
          if (below !== undefined) await make(plan, plan.below, guestMtu(below.mtu, plan.segment))
        }
      }
    },
  }
}

/** A guest of a VLAN that is told nothing sends what every Ethernet carries: less would lose its large packets unseen. */
function untoldMtu(underlay: number, { segment }: NicSpec): number {
  const carried = guestMtu(underlay, segment)
  return segment?.kind === 'vlan' ? Math.max(carried, ethernet) : carried
}

function floods(plan: SegmentPlan): boolean {
  return plan.segment.kind === 'vxlan' && plan.segment.flood === 'unicast'
}

function matches(link: NonNullable<Awaited<ReturnType<typeof readLink>>>, plan: SegmentPlan): boolean {
  return (
    link.kind === plan.segment.kind &&
    link.id === plan.segment.id &&
    (link.below === undefined || link.below === plan.below) &&
    link.group === plan.group
  )
}

function noBridge(bridge: string): Error {
  return hostRefusal(
    agentFailure('network.bridge', `The bridge ${bridge} does not exist on the host`, {
      seen: `no /sys/class/net/${bridge}/bridge`,
    }),
  )
}

function uplinkFailure(what: string, seen: string): Error {
  return hostRefusal(agentFailure('network.uplink', what, { seen }))
}

function segmentFailure(plan: SegmentPlan, seen: string): Error {
  return hostRefusal(
    agentFailure('network.segment', `${plan.bridge} with ${plan.device} on ${plan.below} could not be made`, { seen }),
  )
}
