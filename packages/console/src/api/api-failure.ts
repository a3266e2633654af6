/** A failure as the console shows it: a stable code, what happened, what to do. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  readonly code: string
  readonly status: number
  readonly fix: string
  readonly seen: string | undefined
  constructor(failure: { code: string; status: number; cause: string; fix?: string; seen?: string }) {
    super(failure.cause)
    this.code = failure.code
    this.status = failure.status
    this.fix = failure.fix ?? ''
    this.seen = failure.seen
  }
}

type ErrorBody = {
  readonly errorcode?: number
  readonly errortext?: string
  readonly code?: string
  readonly cause?: string
  readonly fix?: string
}

/** The failure in an error body or a failed job's result. */
export function failureFromBody(body: ErrorBody, status: number): ApiFailure {
  const errorcode = body.errorcode ?? status
  return new ApiFailure({
    code: body.code ?? String(errorcode),
    status: errorcode,
    cause: body.cause ?? body.errortext ?? `HTTP ${status}`,
    fix: body.fix ?? '',
  })
}

/** Anything that was thrown, as a failure. */
export function asFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error
  const message = error instanceof Error ? error.message : String(error)
  return new ApiFailure({ code: 'console.error', status: 0, cause: message })
}

/** Whether it says that the object asked for is not there, or is not this caller's to see. */
export function isAboutNothing(failure: ApiFailure): boolean {
  return failure.status === 431 && /entity does not exist/.test(failure.message)
}
