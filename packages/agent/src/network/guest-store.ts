import { createHash } from 'node:crypto'
import type { GuestData, NetworkNames, NicSpec, SecurityGroup } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { readValue, type StateDatabase, transaction, writeValue } from '../state-database.ts'
import type { Reservation } from './dnsmasq-config.ts'
import type { GuestNic } from './filter/guest-tables.ts'

/** What this host knows of its guests' networks; on the agent's disk, so that a restart changes nothing. */
export type GuestStore = {
  readonly nics: () => GuestNic[]
  readonly reservations: () => Reservation[]
  /** The guest has these NICs and no others; of those that `isThere`, the rules stay until `removeLeft`. */
  readonly putNics: (instanceName: string, nics: readonly NicSpec[], isThere: (nic: NicSpec) => boolean) => void
  /** Forgets NICs that left their guest and are no longer there; answers whether there were any. */
  readonly removeLeft: (isThere: (nic: NicSpec) => boolean) => boolean
  /** Forgets a guest; false when there was none. */
  readonly remove: (instanceName: string) => boolean
  readonly groups: () => Map<string, SecurityGroup>
  /** Keeps what is not older than what is known; answers whether anything changed. */
  readonly putGroups: (groups: readonly SecurityGroup[]) => boolean
  readonly names: () => NetworkNames[]
  readonly putNames: (networks: readonly NetworkNames[]) => boolean
  /** Forgets groups and networks that no guest here and none of the named needs. */
  readonly keepOnly: (groups: ReadonlySet<string>, networks: ReadonlySet<string>) => void
  readonly data: (instanceName: string) => GuestData | undefined
  readonly putData: (instanceName: string, data: GuestData) => void
  readonly hasNics: (instanceName: string) => boolean
  /** The guest's password is not given again; false when it had none. */
  readonly takePassword: (instanceName: string) => boolean
  /** Passwords that were taken and that no server has heard of. */
  readonly takenPasswords: () => { readonly instanceName: string; readonly version: number }[]
  readonly forgetTaken: (instanceName: string, version: number) => void
  /** As ranges. */
  readonly protectedAddresses: () => string[]
  readonly putProtectedAddresses: (ranges: readonly string[]) => void
  /** Forgets everything of an earlier life of the host: its guests ended with it. */
  readonly enterBoot: (bootId: string) => void
}

type NicRow = {
  readonly nic: string
  readonly instance: string
  readonly mark: number
  readonly spec: string
  readonly leaving: number
}
/** Half of a packet mark, less the bit that says that a packet comes from a guest. */
const highestMark = 0x7fff

export function openGuestStore(database: StateDatabase): GuestStore {
  const rows = (): NicRow[] => database.prepare('SELECT * FROM guest_nic ORDER BY nic').all() as NicRow[]
  const guestNic = (row: NicRow): GuestNic => ({
    nic: JSON.parse(row.spec) as NicSpec,
    instanceName: row.instance,
    index: row.mark,
  })
  const nics = (): GuestNic[] => rows().map(guestNic)

  function freeMark(used: ReadonlySet<number>): number {
    for (let mark = 1; mark <= highestMark; mark++) if (!used.has(mark)) return mark
    throw agentFailure('network.filter', `A host holds at most ${highestMark} NICs`)
  }

  function readData(instanceName: string): GuestData | undefined {
    const row = database.prepare('SELECT data FROM guest_data WHERE instance = ?').get(instanceName) as
      | { data: string }
      | undefined
    return row === undefined ? undefined : (JSON.parse(row.data) as GuestData)
  }

  function putVersioned<T extends { readonly version: number }>(
    table: 'security_group' | 'network_names',
    uuid: string,
    state: T,
  ): boolean {
    const known = database.prepare(`SELECT version, state FROM ${table} WHERE uuid = ?`).get(uuid) as
      | { version: number; state: string }
      | undefined
    const text = JSON.stringify(state)
    if (known !== undefined && (known.version > state.version || known.state === text)) return false
    database
      .prepare(`INSERT OR REPLACE INTO ${table} (uuid, version, state) VALUES (?, ?, ?)`)
      .run(uuid, state.version, text)
    return true
  }

  function states<T>(table: 'security_group' | 'network_names'): T[] {
    const rows = database.prepare(`SELECT state FROM ${table} ORDER BY uuid`).all() as { state: string }[]
    return rows.map((row) => JSON.parse(row.state) as T)
  }

  const groups = (): Map<string, SecurityGroup> =>
    new Map(states<SecurityGroup>('security_group').map((group) => [group.uuid, group]))

  return {
    nics,
    groups,
    names: () => states<NetworkNames>('network_names'),
    reservations: () =>
      rows().flatMap((row) => {
        const { nic, instanceName } = guestNic(row)
        return nic.dhcp === undefined || row.leaving === 1
          ? []
          : [
              {
                nicUuid: nic.nicUuid,
                instanceName,
                bridge: nic.bridge,
                mac: nic.mac,
                ...(nic.mtu === undefined ? {} : { mtu: nic.mtu }),
                dhcp: nic.dhcp,
              },
            ]
      }),
    putNics(instanceName, wanted, isThere) {
      transaction(database, () => {
        const before = new Map(nics().map((one) => [one.nic.nicUuid, one]))
        database.prepare('DELETE FROM guest_nic WHERE instance = ?').run(instanceName)
        for (const nic of wanted) {
          database.prepare('DELETE FROM guest_nic WHERE nic = ?').run(nic.nicUuid)
          // Whoever had this address or this MAC on the bridge before has lost it.
          for (const other of before.values()) {
            if (other.instanceName !== instanceName && collides(nic, other.nic)) {
              database.prepare('DELETE FROM guest_nic WHERE nic = ?').run(other.nic.nicUuid)
            }
          }
        }
        const used = new Set(
          (database.prepare('SELECT mark FROM guest_nic').all() as { mark: number }[]).map((row) => row.mark),
        )
        const insert = database.prepare(
          'INSERT INTO guest_nic (nic, instance, mark, spec, leaving) VALUES (?, ?, ?, ?, ?)',
        )
        for (const { nic, index, instanceName: owner } of before.values()) {
          if (owner !== instanceName || wanted.some((one) => one.nicUuid === nic.nicUuid) || !isThere(nic)) continue
          used.add(index)
          insert.run(nic.nicUuid, instanceName, index, JSON.stringify(nic), 1)
        }
        for (const nic of wanted) {
          const old = before.get(nic.nicUuid)?.index
          const mark = old !== undefined && !used.has(old) ? old : freeMark(used)
          used.add(mark)
          insert.run(nic.nicUuid, instanceName, mark, JSON.stringify(nic), 0)
        }
      })
    },
    removeLeft(isThere) {
      const gone = rows().filter((row) => row.leaving === 1 && !isThere(guestNic(row).nic))
      for (const row of gone) database.prepare('DELETE FROM guest_nic WHERE nic = ?').run(row.nic)
      return gone.length > 0
    },
    remove(instanceName) {
      return transaction(database, () => {
        database.prepare('DELETE FROM guest_data WHERE instance = ?').run(instanceName)
        return database.prepare('DELETE FROM guest_nic WHERE instance = ?').run(instanceName).changes > 0
      })
    },
    putGroups: (list) =>
      transaction(database, () => list.map((one) => putVersioned('security_group', one.uuid, one)).some(Boolean)),
    putNames: (list) =>
      transaction(database, () => list.map((one) => putVersioned('network_names', one.networkUuid, one)).some(Boolean)),
    keepOnly(wantedGroups, wantedNetworks) {
      transaction(database, () => {
        const known = groups()
        const kept = new Set(wantedGroups)
        const networks = new Set(wantedNetworks)
        for (const { nic } of nics()) {
          if (nic.dhcp !== undefined) networks.add(nic.dhcp.networkUuid)
          for (const uuid of nic.securityGroups ?? []) {
            kept.add(uuid)
            const group = known.get(uuid)
            for (const rule of [...(group?.ingress ?? []), ...(group?.egress ?? [])]) {
              if (rule.group !== undefined) kept.add(rule.group)
            }
          }
        }
        for (const uuid of known.keys()) {
          if (!kept.has(uuid)) database.prepare('DELETE FROM security_group WHERE uuid = ?').run(uuid)
        }
        for (const { networkUuid } of states<NetworkNames>('network_names')) {
          if (!networks.has(networkUuid)) {
            database.prepare('DELETE FROM network_names WHERE uuid = ?').run(networkUuid)
          }
        }
      })
    },
    data: readData,
    putData(instanceName, data) {
      // The server may not have heard yet that the guest has it.
      const taken = database.prepare('SELECT digest FROM password_taken WHERE instance = ?').get(instanceName) as
        | { digest: string }
        | undefined
      const { password, ...without } = data
      const kept = password !== undefined && taken?.digest === digestOf(password) ? without : data
      database
        .prepare(
          `INSERT INTO guest_data (instance, version, data) VALUES (?, ?, ?)
             ON CONFLICT (instance) DO UPDATE SET version = excluded.version, data = excluded.data
             WHERE excluded.version >= guest_data.version`,
        )
        .run(instanceName, data.version, JSON.stringify(kept))
    },
    hasNics: (instanceName) =>
      database.prepare('SELECT 1 FROM guest_nic WHERE instance = ? LIMIT 1').get(instanceName) !== undefined,
    takePassword(instanceName) {
      return transaction(database, () => {
        const whole = readData(instanceName)
        if (whole?.password === undefined) return false
        const { password: _, ...data } = whole
        database.prepare('UPDATE guest_data SET data = ? WHERE instance = ?').run(JSON.stringify(data), instanceName)
        database
          .prepare('INSERT OR REPLACE INTO password_taken (instance, version, digest) VALUES (?, ?, ?)')
          .run(instanceName, whole.version, digestOf(whole.password))
        return true
      })
    },
    takenPasswords: () =>
      (
        database.prepare('SELECT instance, version FROM password_taken').all() as {
          instance: string
          version: number
        }[]
      ).map((row) => ({ instanceName: row.instance, version: row.version })),
    forgetTaken: (instanceName, version) =>
      void database.prepare('DELETE FROM password_taken WHERE instance = ? AND version = ?').run(instanceName, version),
    protectedAddresses: () => JSON.parse(readValue(database, 'protected-addresses') ?? '[]') as string[],
    putProtectedAddresses: (ranges) => writeValue(database, 'protected-addresses', JSON.stringify(ranges)),
    enterBoot(bootId) {
      const before = readValue(database, 'guest-network-boot')
      if (before === bootId) return
      transaction(database, () => {
        if (before !== undefined) database.exec('DELETE FROM guest_nic; DELETE FROM guest_data')
        writeValue(database, 'guest-network-boot', bootId)
      })
    },
  }
}

function digestOf(password: string): string {
  return createHash('sha256').update(password).digest('hex')
}

function collides(one: NicSpec, other: NicSpec): boolean {
  if (one.bridge !== other.bridge) return false
  if (one.mac === other.mac) return true
  return (
    one.dhcp !== undefined &&
    one.dhcp.networkUuid === other.dhcp?.networkUuid &&
    one.dhcp.address === other.dhcp.address
  )
}
