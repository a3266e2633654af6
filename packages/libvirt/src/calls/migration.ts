import { DomainMigrateFlags } from '../generated/enums.ts'
import {
  VIR_MIGRATE_PARAM_BANDWIDTH,
  VIR_MIGRATE_PARAM_DEST_NAME,
  VIR_MIGRATE_PARAM_DEST_XML,
  VIR_MIGRATE_PARAM_DISKS_PORT,
  VIR_MIGRATE_PARAM_LISTEN_ADDRESS,
  VIR_MIGRATE_PARAM_MIGRATE_DISKS,
  VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS,
  VIR_MIGRATE_PARAM_PERSIST_XML,
  VIR_MIGRATE_PARAM_TLS_DESTINATION,
  VIR_MIGRATE_PARAM_URI,
} from '../generated/names.ts'
import type { TypedParam } from '../generated/types.ts'
import { param } from '../typed-params.ts'

export interface Migration {
  /** URI of the target's daemon as the source's daemon reaches it: `qemu+tls://192.0.2.7/system`. */
  readonly destUri: string
  /** Where the memory goes: `tcp://192.0.2.7`. Give it as an address: else the target resolves its own host name first. */
  readonly migrateUri?: string
  /** DomainMigrateFlags beside PEER2PEER, which is always set. Default LIVE. */
  readonly flags?: number
  readonly destName?: string
  readonly destXml?: string
  readonly persistXml?: string
  /** MiB/s; absent or 0 is unlimited. */
  readonly bandwidthMiBps?: number
  /** The address that the target listens on. */
  readonly listenAddress?: string
  /** The name in the target's certificate, with the flag TLS. */
  readonly tlsDestination?: string
  /** Targets such as `vda` whose content goes along, with the flags NON_SHARED_*. */
  readonly disks?: readonly string[]
  readonly disksPort?: number
  readonly parallelConnections?: number
  /** Further parameters, made with `param`. */
  readonly params?: readonly TypedParam[]
}

export function migrationFlags(migration: Migration): number {
  return (migration.flags ?? DomainMigrateFlags.LIVE) | DomainMigrateFlags.PEER2PEER
}

export function migrationParams(migration: Migration): TypedParam[] {
  const params: TypedParam[] = []
  const text = (field: string, value: string | undefined): void => {
    if (value !== undefined) params.push(param(field, 'string', value))
  }
  const whole = (field: string, value: number | undefined): void => {
    if (value !== undefined) params.push(param(field, 'int', value))
  }
  text(VIR_MIGRATE_PARAM_URI, migration.migrateUri)
  text(VIR_MIGRATE_PARAM_DEST_NAME, migration.destName)
  text(VIR_MIGRATE_PARAM_DEST_XML, migration.destXml)
  text(VIR_MIGRATE_PARAM_PERSIST_XML, migration.persistXml)
  text(VIR_MIGRATE_PARAM_LISTEN_ADDRESS, migration.listenAddress)
  text(VIR_MIGRATE_PARAM_TLS_DESTINATION, migration.tlsDestination)
  if (migration.bandwidthMiBps) {
    params.push(param(VIR_MIGRATE_PARAM_BANDWIDTH, 'ullong', BigInt(migration.bandwidthMiBps)))
  }
  for (const disk of migration.disks ?? []) text(VIR_MIGRATE_PARAM_MIGRATE_DISKS, disk)
  whole(VIR_MIGRATE_PARAM_DISKS_PORT, migration.disksPort)
  whole(VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS, migration.parallelConnections)
  return [...params, ...(migration.params ?? [])]
}
