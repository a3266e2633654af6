import type { JsonObject } from '@altostack/core'

/** An error that the server answered, or a job that ended as failed. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly command: string
  readonly errorcode: number
  readonly cserrorcode: number
  readonly errortext: string
  readonly uuidList: readonly { readonly uuid: string; readonly description: string }[]
  constructor(command: string, body: Partial<ApiErrorBody>, status: number) {
    const errortext = body.errortext ?? `HTTP status ${status}`
    super(`${command}: ${errortext}`)
    this.command = command
    this.errorcode = body.errorcode ?? status
    this.cserrorcode = body.cserrorcode ?? 9999
    this.errortext = errortext
    this.uuidList = body.uuidList ?? []
  }
}
export type ApiErrorBody = Pick<ApiError, 'errorcode' | 'cserrorcode' | 'errortext' | 'uuidList'>

/** The error of a job that ended as failed. */
export function jobFailure(job: JsonObject): ApiError {
  const result = (job.jobresult ?? {}) as Partial<ApiErrorBody>
  const command = typeof job.cmd === 'string' ? job.cmd : 'job'
  return new ApiError(command, result, typeof job.jobresultcode === 'number' ? job.jobresultcode : 530)
}
