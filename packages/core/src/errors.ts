import type { JsonObject } from './json.ts'

/**
 * The catalogue of failures: stable code, what it means and what to do. Codes are transport-free; the API's edge maps
 * `api` to CloudStack's HTTP error codes. Areas add their codes in `error-catalogue/`, one file an area.
 */
export type ErrorEntry = {
  /** CloudStack's number at the API's edge (400, 401, 405, 429 to 432, 503, 511, 530 to 537). */
  readonly api: number
  /** One sentence: what this failure means, for the generated reference. */
  readonly cause: string
  /** What the reader can do about it. */
  readonly fix: string
}
export type ErrorCatalogue = { readonly [code: string]: ErrorEntry }

/** Declares an area's codes; keeps the literal types. */
export function errorCatalogue<const T extends ErrorCatalogue>(entries: T): T {
  return Object.freeze(entries)
}

export type ErrorDetail = {
  /** What was seen: the evidence, for the log and for `why`. Never secrets. */
  readonly seen?: string
  /** Overrides the catalogue's fix with a more exact one. */
  readonly fix?: string
  /** Entities the error speaks of; become `uuidList` at the edge. */
  readonly entities?: readonly { readonly uuid: string; readonly description: string }[]
  /** Structured evidence, e.g. the planner's per-host refusals. */
  readonly evidence?: JsonObject
  readonly cause?: unknown
}

/** An expected failure with a code from the catalogue. `message` is for the caller. */
export class AltoError extends Error {
  override readonly name = 'AltoError'
  readonly code: string
  readonly api: number
  readonly fix: string
  readonly seen: string | undefined
  readonly entities: readonly { readonly uuid: string; readonly description: string }[]
  readonly evidence: JsonObject | undefined
  constructor(code: string, entry: ErrorEntry, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? {} : { cause: detail.cause })
    this.code = code
    this.api = entry.api
    this.fix = detail.fix ?? entry.fix
    this.seen = detail.seen
    this.entities = detail.entities ?? []
    this.evidence = detail.evidence
  }
}

/** Makes the throwers of one area: `const fail = failures(hostErrors); throw fail('host.auth', 'Authentication failed', {…})`. */
export function failures<T extends ErrorCatalogue>(
  catalogue: T,
): (code: keyof T & string, message: string, detail?: ErrorDetail) => AltoError {
  return (code, message, detail) => new AltoError(code, catalogue[code] as ErrorEntry, message, detail)
}

/** A broken invariant: never the caller's fault, always alerts. */
export class Bug extends Error {
  override readonly name = 'Bug'
  readonly evidence: JsonObject | undefined
  constructor(message: string, evidence?: JsonObject) {
    super(message)
    this.evidence = evidence
  }
}

/** The text of anything thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
