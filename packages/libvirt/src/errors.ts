import { ErrorDomain, ErrorNumber } from './generated/errors.ts'
import type { NetMessageError } from './generated/types.ts'

/** `NO_DOMAIN` for libvirt's VIR_ERR_NO_DOMAIN, and so on. */
export type LibvirtErrorCodeName = keyof typeof ErrorNumber
/** `QEMU` for libvirt's VIR_FROM_QEMU, and so on. */
export type LibvirtErrorDomainName = keyof typeof ErrorDomain

function namesOf(table: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(table).map(([name, value]) => [value, name]))
}

const codeNames = namesOf(ErrorNumber)
const domainNames = namesOf(ErrorDomain)

/** The daemon ran the call and said no. Carries every field of libvirt's own error record. */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError'
  /** The procedure that was called, such as `domainCreateXml`. */
  readonly procedure: string
  readonly code: number
  /** The code's name without VIR_ERR_, or `UNKNOWN` for a code newer than this package. */
  readonly codeName: LibvirtErrorCodeName | 'UNKNOWN'
  /** Which part of libvirt it comes from. */
  readonly domain: number
  readonly domainName: LibvirtErrorDomainName | 'UNKNOWN'
  /** 1 warning, 2 error. */
  readonly level: number
  readonly str1: string | null
  readonly str2: string | null
  readonly str3: string | null
  readonly int1: number
  readonly int2: number

  constructor(procedure: string, record: NetMessageError) {
    super(record.message ?? `libvirt error ${record.code}`)
    this.procedure = procedure
    this.code = record.code
    this.codeName = (codeNames.get(record.code) ?? 'UNKNOWN') as LibvirtErrorCodeName | 'UNKNOWN'
    this.domain = record.domain
    this.domainName = (domainNames.get(record.domain) ?? 'UNKNOWN') as LibvirtErrorDomainName | 'UNKNOWN'
    this.level = record.level
    this.str1 = record.str1
    this.str2 = record.str2
    this.str3 = record.str3
    this.int1 = record.int1
    this.int2 = record.int2
  }
}

/** True for a LibvirtError, and if names are given, for one of those: `isLibvirtError(error, 'NO_DOMAIN')`. */
export function isLibvirtError(error: unknown, ...codes: LibvirtErrorCodeName[]): error is LibvirtError {
  return error instanceof LibvirtError && (codes.length === 0 || codes.includes(error.codeName as LibvirtErrorCodeName))
}

/** Base of the failures that happen on this side: no word of the daemon's about the call. */
export abstract class LibvirtClientError extends Error {
  abstract readonly code: string
}

export type ConnectFailure = 'CONNECT_FAILED' | 'TLS_FAILED' | 'AUTH_UNSUPPORTED' | 'CONNECT_TIMEOUT' | 'BAD_ADDRESS'

/** No usable connection came about. `message` says what was tried, what was seen and what to do. */
export class ConnectError extends LibvirtClientError {
  override readonly name = 'ConnectError'
  override readonly code: ConnectFailure

  constructor(code: ConnectFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** The connection ended before the answer came, or there is none at the moment. */
export class ConnectionLostError extends LibvirtClientError {
  override readonly name = 'ConnectionLostError'
  override readonly code = 'CONNECTION_LOST'
  /** False when the call was never sent, or only reads: repeating it is safe. True: look before you repeat it. */
  readonly mayHaveTakenEffect: boolean
  readonly procedure: string | undefined

  constructor(reason: string, procedure?: string, mayHaveTakenEffect = false, cause?: unknown) {
    const call = procedure === undefined ? '' : `${procedure}: `
    const effect = mayHaveTakenEffect ? '; the call may have taken effect' : ''
    super(`${call}${reason}${effect}`, cause === undefined ? undefined : { cause })
    this.procedure = procedure
    this.mayHaveTakenEffect = mayHaveTakenEffect
  }
}

/** No answer within the call's time. The daemon may still be working on it. */
export class CallTimeoutError extends LibvirtClientError {
  override readonly name = 'CallTimeoutError'
  override readonly code = 'CALL_TIMEOUT'
  readonly procedure: string
  readonly timeoutMs: number
  readonly mayHaveTakenEffect: boolean

  constructor(procedure: string, timeoutMs: number, mayHaveTakenEffect: boolean) {
    const effect = mayHaveTakenEffect ? '; the call may still take effect' : ''
    super(`${procedure}: no answer from libvirt within ${timeoutMs} ms${effect}`)
    this.procedure = procedure
    this.timeoutMs = timeoutMs
    this.mayHaveTakenEffect = mayHaveTakenEffect
  }
}

/** The caller's AbortSignal fired. libvirt has no cancel for a call in flight: only the waiting has ended. */
export class CallAbortedError extends LibvirtClientError {
  override readonly name = 'CallAbortedError'
  override readonly code = 'CALL_ABORTED'
  readonly procedure: string
  readonly mayHaveTakenEffect: boolean

  constructor(procedure: string, mayHaveTakenEffect: boolean, cause: unknown) {
    super(`${procedure}: aborted by the caller`, { cause })
    this.procedure = procedure
    this.mayHaveTakenEffect = mayHaveTakenEffect
  }
}

/** The peer broke the protocol, or is no libvirt daemon. The connection is closed. */
export class ProtocolError extends LibvirtClientError {
  override readonly name = 'ProtocolError'
  override readonly code = 'PROTOCOL_ERROR'
}

/** The call exists but this package cannot make it: it passes file descriptors. */
export class UnsupportedCallError extends LibvirtClientError {
  override readonly name = 'UnsupportedCallError'
  override readonly code = 'UNSUPPORTED_CALL'
  readonly procedure: string

  constructor(procedure: string, reason: string) {
    super(`${procedure}: ${reason}`)
    this.procedure = procedure
  }
}
