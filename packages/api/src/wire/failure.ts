import { AltoError, type JsonObject } from '@altostack/core'

/** The number beside errorcode that clients know an exception's class by. */
const csErrorCodes: Readonly<Record<number, number>> = {
  401: 4290,
  429: 4545,
  430: 9999,
  431: 4350,
  432: 9999,
  503: 4555,
  511: 4295,
  530: 4250,
  531: 4365,
  532: 4370,
  533: 4325,
  534: 4380,
  535: 4370,
  536: 4375,
  537: 4360,
}

/** An error body's fields; HTTP status is `errorcode`. */
export type Failure = {
  readonly uuidList: readonly { readonly uuid: string; readonly description: string }[]
  readonly errorcode: number
  readonly cserrorcode: number
  readonly errortext: string
  /** Ours, where the caller may know: the catalogue's code, what happened, what to do; errortext says the last two at once. */
  readonly code?: string
  readonly cause?: string
  readonly fix?: string
}

const internal = { api: 530, text: 'Internal error' }
/** Errors whose text may name hosts and storage. */
const concealed: Readonly<Record<number, string>> = {
  530: 'Internal error executing command, please contact your cloud administrator',
  533: 'Insufficient capacity for this request, please contact your cloud administrator',
  534: 'A resource that this request needs is unavailable, please contact your cloud administrator',
}

/**
 * The failure of anything thrown, for a root administrator or for somebody else: others get a generic text for 530,
 * 533 and 534. What is not from the catalogue is 530 for everybody; its text stays in the log.
 */
export function failureOf(error: unknown, isRoot: boolean): Failure {
  if (!(error instanceof AltoError))
    return failure(internal.api, isRoot ? internalText(error) : (concealed[530] as string), [])
  const hidden = isRoot ? undefined : concealed[error.api]
  if (hidden !== undefined) return failure(error.api, hidden, [])
  const { code, message: cause, fix } = error
  return { ...failure(error.api, textOf(error), error.entities), code, cause, ...(fix === '' ? {} : { fix }) }
}

function failure(errorcode: number, errortext: string, uuidList: Failure['uuidList']): Failure {
  return { uuidList, errorcode, cserrorcode: csErrorCodes[errorcode] ?? 9999, errortext }
}

function internalText(error: unknown): string {
  return `${internal.text}: ${error instanceof Error ? error.message : String(error)}`
}

/** Message and what to do about it, as one text: clients show nothing else. */
function textOf(error: AltoError): string {
  const ends = /[.!?]$/.test(error.message) ? '' : '.'
  return error.fix === '' ? error.message : `${error.message}${ends} ${error.fix}`
}

/** The wrapper of an error: `errorresponse` for 432 and where no known command was named. */
export function errorWrapper(wrapper: string | undefined, errorcode: number): string {
  return wrapper === undefined || errorcode === 432 ? 'errorresponse' : wrapper
}

/** `jobresult` of a failed job. */
export function failedJobResult(failed: Omit<Failure, 'uuidList' | 'cserrorcode'>): JsonObject {
  const { errorcode, errortext, code, cause, fix } = failed
  const told = { code, cause, fix }
  return {
    errorcode,
    errortext,
    ...(Object.fromEntries(Object.entries(told).filter(([, text]) => text !== undefined)) as JsonObject),
  }
}

/** The text for the X-Description header: one line of printable ASCII. */
export function descriptionHeader(errortext: string): string {
  return errortext.replace(/[^\x20-\x7e]/g, '?').slice(0, 1024)
}
