import type { DomainReport, Params, Result } from '@altostack/agent-api'
import type { ServerContext } from '../context.ts'
import type { Row } from '../db/database.ts'

export type ArrivedHost = {
  readonly id: number
  readonly uuid: string
  readonly incarnation: number
  /** As it was at its hello: Connecting. */
  readonly row: Row<'host'>
  /** Of the addresses that it keeps its guests from. */
  readonly protectedDigest: string
  /** Whether any guest is on it, ours or not. */
  readonly hasGuests: boolean
}
export type PoolReport = Params<'report.ping'>['pools'][number]

/**
 * What areas hear of hosts; registered once when the server is put together. A listener that throws is logged and never
 * breaks a connection, except in `arrive`.
 */
export type HostListener = {
  /** Name for the log. */
  readonly name: string
  /** Before the host becomes Up: get it ready. A throw keeps it from becoming Up and drops the connection. */
  readonly arrive?: (ctx: ServerContext, host: ArrivedHost) => Promise<void>
  /** Every domain of a host: at its hello, and after it lost libvirt's events. */
  readonly domains?: (
    ctx: ServerContext,
    hostId: number,
    domains: readonly DomainReport[],
    cause: string,
  ) => Promise<void>
  /** One domain's power changed. */
  readonly domain?: (ctx: ServerContext, hostId: number, domain: DomainReport, cause: string) => Promise<void>
  /** What a ping said of pools; in memory until a listener saves it. */
  readonly pools?: (ctx: ServerContext, hostId: number, pools: readonly PoolReport[]) => Promise<void>
  /** What host and guests used since the report before. */
  readonly stats?: (ctx: ServerContext, hostId: number, report: Params<'report.stats'>) => Promise<void>
  /** A guest has fetched its password. A throw is the host's answer: it tells again. */
  readonly passwordTaken?: (ctx: ServerContext, hostId: number, instanceName: string, version: number) => Promise<void>
  /** A host asks for, or gives back, the lease of a pool. */
  readonly poolLease?: (
    ctx: ServerContext,
    hostId: number,
    request: Params<'pool.lease'>,
  ) => Promise<Result<'pool.lease'>>
  /** The host is Up. */
  readonly up?: (ctx: ServerContext, hostId: number) => Promise<void>
  /** The host has no connection any more. */
  readonly lost?: (ctx: ServerContext, hostId: number, reason: string) => Promise<void>
}
