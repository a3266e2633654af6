export { type Address, defaultSocket, describeAddress, parseUri, type Target, type TlsOptions } from './address.ts'
export type { BlockCalls, BlockJob } from './calls/block.ts'
export { type Caller, type DomainRef, domainRef } from './calls/caller.ts'
export type {
  BlockInfo,
  BlockStats,
  DomainCalls,
  DomainInfo,
  InterfaceStats,
  JobStats,
  JobTypeName,
  Metadata,
  StateAndReason,
} from './calls/domain.ts'
export {
  type CpuComparison,
  type DomainStats,
  type HostCalls,
  type MachineQuestion,
  type NodeInfo,
  splitVersion,
} from './calls/host.ts'
export type { Migration } from './calls/migration.ts'
export {
  type ClientState,
  type ConnectedInfo,
  connectLibvirt,
  LibvirtClient,
  type LibvirtOptions,
  type ReconnectOptions,
} from './client.ts'
export {
  CallAbortedError,
  CallTimeoutError,
  ConnectError,
  type ConnectFailure,
  ConnectionLostError,
  isLibvirtError,
  LibvirtClientError,
  LibvirtError,
  type LibvirtErrorCodeName,
  type LibvirtErrorDomainName,
  ProtocolError,
  UnsupportedCallError,
} from './errors.ts'
export { type DomainEvent, type DomainEventName, domainEvents } from './events.ts'
export * from './generated/enums.ts'
export * from './generated/errors.ts'
export * as names from './generated/names.ts'
export {
  type EventMessages,
  eventMessages,
  type Procedures,
  procedures,
  programs,
} from './generated/procedures.ts'
export * as types from './generated/types.ts'
export type { CallOptions } from './rpc/connection.ts'
export type { KeepaliveOptions } from './rpc/keepalive.ts'
export type { EventMessage, Procedure, ProgramName } from './rpc/procedure.ts'
export { LibvirtStream } from './rpc/stream.ts'
export type { Subscription } from './subscriptions.ts'
export { nodeTimers, type TimerHandle, type Timers } from './timers.ts'
export { type ParamRecord, type ParamValue, param, paramsToRecord } from './typed-params.ts'
export { type Codec, decode, encode } from './xdr/codec.ts'
export { XdrError, type XdrErrorCode } from './xdr/xdr-error.ts'
