import type { ServerContext } from '../context.ts'

const purpose = 'async_job.job_result'
const prefix = 'sealed:'
/** Answers whose value only their caller may read. */
const secret = /"(password|privatekey|secretkey)":"[^"]/

/** A result as the job's row keeps it: sealed where it holds a secret. */
export function sealResult(ctx: ServerContext, json: string): string {
  return secret.test(json) ? `${prefix}${ctx.secrets.seal(purpose, json)}` : json
}

export function openResult(ctx: ServerContext, kept: string): string {
  return kept.startsWith(prefix) ? ctx.secrets.open(purpose, kept.slice(prefix.length)) : kept
}
