import { existsSync, readFileSync } from 'node:fs'
import {
  expandRanges,
  type GuestData,
  hostRefusal,
  type NicSpec,
  type Params,
  type Result,
  rangesDigest,
  type SecurityGroup,
} from '@altostack/agent-api'
import { agentFailure, errorText, type Runtime } from '@altostack/core'
import { isBridge } from '../facts/facts.ts'
import { readText } from '../facts/machine.ts'
import type { Log } from '../log.ts'
import type { StateDatabase } from '../state-database.ts'
import { openAddressService } from './address-service.ts'
import { openGuestFilter } from './filter/guest-filter.ts'
import type { GuestNic, Tracking } from './filter/guest-tables.ts'
import { tapName } from './filter/tap-name.ts'
import { openGuestStore } from './guest-store.ts'
import type { MetadataSource } from './metadata/metadata-http.ts'
import { openMetadataService } from './metadata/metadata-service.ts'

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
  /** What the server says that groups, names and guests' data are; only what differs is changed. */
  readonly apply: (wanted: Params<'network.apply'>) => Promise<Result<'network.apply'>>
  /** After a start of the agent: everything is as the disk says. */
  readonly resume: () => Promise<void>
  readonly nics: () => GuestNic[]
  /** Of the addresses that no guest here can reach, for the hello; '' while the rules could not be set. */
  readonly protectedDigest: () => string
  /** What the guest is told of itself. */
  readonly data: (instanceName: string) => GuestData | undefined
  readonly tracking: () => Promise<Tracking>
  /** Puts right what somebody else changed; it happens by itself twice a minute. */
  readonly verify: () => Promise<void>
  /** Ends what runs in the agent; rules and services of guests go on. */
  readonly stop: () => void
}

function isThere(nic: NicSpec): boolean {
  return existsSync(`/sys/class/net/${tapName(nic.nicUuid)}`)
}

function hostNameServers(): string[] {
  const text = readText('/etc/resolv.conf') ?? ''
  return [...text.matchAll(/^nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/gm)].map((match) => match[1] as string)
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
  /** A guest has fetched its password; rejects while no server has heard of it. */
  readonly onPasswordTaken: (instanceName: string, version: number) => Promise<void>
}): GuestNetwork {
  const { runtime, log } = options
  const store = openGuestStore(options.database)
  const addresses = openAddressService(options)
  const filter = openGuestFilter(options)
  const metadata = openMetadataService({ runtime, log, source, nameServers })
  let stopped = false
  /** False while the kernel may lack what the disk says. */
  let enforced = false
  let cancelVerify = (): void => {}

  /** Guests of a bridge by the source of their questions: their taps let no other address through. */
  function source(bridge: string): MetadataSource {
    return {
      asker(address) {
        const found = store.nics().find(({ nic }) => nic.bridge === bridge && nic.addresses?.includes(address))
        const data = found === undefined ? undefined : store.data(found.instanceName)
        return found === undefined || data === undefined ? undefined : { data, nic: found.nic }
      },
      passwordTaken({ nic }) {
        const instanceName = store.nics().find((one) => one.nic.nicUuid === nic.nicUuid)?.instanceName
        if (instanceName === undefined || !store.takePassword(instanceName)) return
        tellTaken().catch(() => {})
      },
    }
  }

  async function tellTaken(): Promise<void> {
    for (const { instanceName, version } of store.takenPasswords()) {
      await options.onPasswordTaken(instanceName, version)
      store.forgetTaken(instanceName, version)
    }
  }

  function nameServers(bridge: string): string[] {
    const told = store.reservations().flatMap((one) => (one.bridge === bridge ? one.dhcp.dns : []))
    return told.length > 0 ? [...new Set(told)] : hostNameServers()
  }

  async function applyFilter(): Promise<number> {
    enforced = false
    const nics = store.nics()
    const bridges = new Set(store.reservations().map((one) => one.bridge))
    const gateways = new Set(nics.map(({ nic }) => nic.dhcp?.gateway))
    const { commands } = await filter.apply({
      nics,
      groups: store.groups(),
      servicePorts: [...bridges].map((bridge) => addresses.space(bridge).port),
      protectedAddresses: expandRanges(store.protectedAddresses()).filter((address) => !gateways.has(address)),
    })
    enforced = true
    return commands
  }

  async function serve(bridges: Iterable<string>): Promise<void> {
    for (const bridge of new Set(bridges)) {
      const mine = store.reservations().filter((one) => one.bridge === bridge)
      const networks = new Set(mine.map((one) => one.dhcp.networkUuid))
      const names = store.names().filter((one) => networks.has(one.networkUuid))
      const space = await addresses.serve(bridge, mine, names)
      if (space === undefined) metadata.close(bridge)
      else {
        // A guest without its metadata is better than none; the next look tries again.
        await metadata
          .open(bridge, space)
          .catch((error: unknown) => log.warn({ bridge, error: errorText(error) }, 'metadata could not be served'))
      }
    }
  }

  function servedBridges(instanceName: string): string[] {
    return store.reservations().flatMap((one) => (one.instanceName === instanceName ? [one.bridge] : []))
  }

  async function verify(): Promise<void> {
    if (store.removeLeft(isThere)) await applyFilter()
    await filter.verify()
    await tellTaken().catch(() => {})
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
    protectedDigest: () => (enforced ? rangesDigest(store.protectedAddresses()) : ''),
    data: store.data,
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
    async apply({ groups, networks, guests, protectedAddresses, complete }) {
      const began = runtime.monotonic()
      const regrouped = store.putGroups(groups)
      const renamed = store.putNames(networks)
      for (const { instanceName, data } of guests) {
        if (store.data(instanceName) !== undefined || store.hasNics(instanceName)) store.putData(instanceName, data)
      }
      if (protectedAddresses !== undefined) store.putProtectedAddresses(protectedAddresses)
      if (complete) {
        store.keepOnly(
          new Set(groups.map((group) => group.uuid)),
          new Set(networks.map((network) => network.networkUuid)),
        )
      }
      const commands = regrouped || complete || protectedAddresses !== undefined ? await applyFilter() : 0
      if (renamed) {
        const uuids = new Set(networks.map((network) => network.networkUuid))
        await serve(store.reservations().flatMap((one) => (uuids.has(one.dhcp.networkUuid) ? [one.bridge] : [])))
      }
      return { commands, milliseconds: runtime.monotonic() - began }
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
      metadata.closeAll()
    },
  }
}
