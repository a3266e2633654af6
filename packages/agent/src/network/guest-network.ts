import { existsSync, readFileSync } from 'node:fs'
import { type GuestData, hostRefusal, type NicSpec, type SecurityGroup } from '@altostack/agent-api'
import { agentFailure, errorText, type Runtime } from '@altostack/core'
import { isBridge } from '../facts/facts.ts'
import type { Log } from '../log.ts'
import type { StateDatabase } from '../state-database.ts'
import { openAddressService } from './address-service.ts'
import { openGuestFilter } from './filter/guest-filter.ts'
import type { GuestNic, Tracking } from './filter/guest-tables.ts'
import { tapName } from './filter/tap-name.ts'
import { openGuestStore } from './guest-store.ts'

/** The network side of one guest, whole. */
export type GuestLinks = {
  readonly instanceName: string
  readonly nics: readonly NicSpec[]
  readonly securityGroups?: readonly SecurityGroup[] | undefined
  readonly guestData?: GuestData | undefined
}

/** What guests get from this host's network and what they may do there: addresses, names, data, filters. */
export type GuestNetwork = {
  /**
   * Before a guest's devices exist, and whenever its NICs change: filters first, then the services. `nics` is all it will
   * have; the rules of one that it had stay until it is unplugged. Throws `network.bridge`, `network.filter`, `network.dhcp`.
   */
  readonly prepare: (guest: GuestLinks) => Promise<void>
  /** After a guest has ended here. Repeating it changes nothing. */
  readonly release: (instanceName: string) => Promise<void>
  /** After a start of the agent: everything is as the disk says. */
  readonly resume: () => Promise<void>
  readonly nics: () => GuestNic[]
  readonly tracking: () => Promise<Tracking>
  /** Puts right what somebody else changed; it happens by itself twice a minute. */
  readonly verify: () => Promise<void>
  /** Ends what runs in the agent; rules and services of guests go on. */
  readonly stop: () => void
}

function isThere(nic: NicSpec): boolean {
  return existsSync(`/sys/class/net/${tapName(nic.nicUuid)}`)
}

/** How often the kernel's rules are compared with ours, ms. */
const verifyEveryMs = 30_000

export function openGuestNetwork(options: {
  readonly database: StateDatabase
  readonly directory: string
  readonly runtime: Runtime
  readonly log: Log
  /** Short id of the host, hex digits: tables and namespaces are named by it. */
  readonly shortId: () => string
}): GuestNetwork {
  const { runtime, log } = options
  const store = openGuestStore(options.database)
  const addresses = openAddressService(options)
  const filter = openGuestFilter(options)
  let stopped = false
  let cancelVerify = (): void => {}

  async function applyFilter(): Promise<void> {
    const nics = store.nics()
    const bridges = new Set(store.reservations().map((one) => one.bridge))
    const gateways = new Set(nics.map(({ nic }) => nic.dhcp?.gateway))
    await filter.apply({
      nics,
      groups: store.groups(),
      servicePorts: [...bridges].map((bridge) => addresses.space(bridge).port),
      protectedAddresses: store.protectedAddresses().filter((address) => !gateways.has(address)),
    })
  }

  async function serve(bridges: Iterable<string>): Promise<void> {
    for (const bridge of new Set(bridges)) {
      const mine = store.reservations().filter((one) => one.bridge === bridge)
      const networks = new Set(mine.map((one) => one.dhcp.networkUuid))
      const names = store.names().filter((one) => networks.has(one.networkUuid))
      await addresses.serve(bridge, mine, names)
    }
  }

  function servedBridges(instanceName: string): string[] {
    return store.reservations().flatMap((one) => (one.instanceName === instanceName ? [one.bridge] : []))
  }

  async function verify(): Promise<void> {
    if (store.removeLeft(isThere)) await applyFilter()
    await filter.verify()
    await serve(store.reservations().map((one) => one.bridge))
  }

  function verifyLater(): void {
    cancelVerify = runtime.after(verifyEveryMs, () => {
      verify()
        .catch((error: unknown) =>
          log.warn({ error: errorText(error) }, 'rules and services of guests could not be looked after'),
        )
        .finally(() => {
          if (!stopped) verifyLater()
        })
    })
  }

  return {
    nics: store.nics,
    tracking: filter.tracking,
    verify,
    async prepare({ instanceName, nics, securityGroups = [], guestData }) {
      for (const { bridge } of nics) {
        if (isBridge(bridge)) continue
        throw hostRefusal(
          agentFailure('network.bridge', `The bridge ${bridge} does not exist on the host`, {
            seen: `no /sys/class/net/${bridge}/bridge`,
          }),
        )
      }
      const before = servedBridges(instanceName)
      store.putGroups(securityGroups)
      if (guestData !== undefined) store.putData(instanceName, guestData)
      store.putNics(instanceName, nics, isThere)
      await applyFilter()
      await serve([...before, ...servedBridges(instanceName)])
    },
    async release(instanceName) {
      const served = servedBridges(instanceName)
      if (!store.remove(instanceName)) return
      store.keepOnly(new Set(), new Set())
      await applyFilter()
      await serve(served)
    },
    async resume() {
      store.enterBoot(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
      try {
        await applyFilter()
      } catch (error) {
        log.error({ error: errorText(error) }, 'rules of guests could not be set')
      }
      for (const bridge of new Set([...addresses.known(), ...store.reservations().map((one) => one.bridge)])) {
        await serve([bridge]).catch((error: unknown) =>
          log.warn({ bridge, error: errorText(error) }, 'DHCP could not be resumed'),
        )
      }
      verifyLater()
    },
    stop() {
      stopped = true
      cancelVerify()
    },
  }
}
