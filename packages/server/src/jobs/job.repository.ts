import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { Queries, Row } from '../db/database.ts'
import { jobStatus } from './end-job.ts'

export type JobFilter = {
  readonly startDate?: number | undefined
  readonly instanceType?: string | undefined
  readonly instanceUuid?: string | undefined
  readonly keyword?: string | undefined
}
export type JobOwner = {
  readonly accountUuid: string
  readonly accountName: string
  readonly domainUuid: string
  readonly domainPath: string
  readonly userUuid: string
}

/** Pending jobs, newest first, as CloudStack lists them; finished ones are asked for by id. */
export async function listJobs(
  db: Queries,
  scope: OwnershipScope,
  filter: JobFilter,
  page: { readonly offset: number; readonly limit: number },
): Promise<{ readonly count: number; readonly rows: readonly Row<'async_job'>[] }> {
  const query = db
    .selectFrom('async_job')
    .where(inScope(scope, { account: 'async_job.account_id', domain: 'async_job.domain_id' }))
    .where('removed', 'is', null)
    .$if(filter.startDate !== undefined, (q) => q.where('created', '>=', filter.startDate as number))
    .$if(filter.startDate === undefined && filter.instanceUuid === undefined, (q) =>
      q.where('job_status', '=', jobStatus.pending),
    )
    .$if(filter.instanceType !== undefined, (q) => q.where('instance_type', '=', filter.instanceType as string))
    .$if(filter.instanceUuid !== undefined, (q) => q.where('instance_uuid', '=', filter.instanceUuid as string))
    .$if(filter.keyword !== undefined, (q) => q.where('job_cmd', 'like', `%${filter.keyword}%`))
  const total = await query.select((e) => e.fn.countAll().as('n')).executeTakeFirstOrThrow()
  const rows = await query.selectAll().orderBy('id', 'desc').offset(page.offset).limit(page.limit).execute()
  return { count: Number(total.n), rows }
}

export async function findJob(db: Queries, uuid: string): Promise<Row<'async_job'> | undefined> {
  return await db.selectFrom('async_job').selectAll().where('uuid', '=', uuid).executeTakeFirst()
}

/** The newest job of an object. */
export async function newestJobOf(db: Queries, type: string, uuid: string): Promise<Row<'async_job'> | undefined> {
  return await db
    .selectFrom('async_job')
    .selectAll()
    .where('instance_type', '=', type)
    .where('instance_uuid', '=', uuid)
    .where('removed', 'is', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** Who asked for each job. */
export async function jobOwners(
  db: Queries,
  jobs: readonly Row<'async_job'>[],
): Promise<ReadonlyMap<number, JobOwner>> {
  const ids = [...new Set(jobs.map((job) => job.user_id))]
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('user')
    .innerJoin('account', 'account.id', 'user.account_id')
    .innerJoin('domain', 'domain.id', 'account.domain_id')
    .select([
      'user.id',
      'user.uuid as userUuid',
      'account.uuid as accountUuid',
      'account.account_name as accountName',
      'domain.uuid as domainUuid',
      'domain.path as domainPath',
    ])
    .where('user.id', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, ...owner }) => [id, owner]))
}

/** What stands before the words of a command in the event of its job. */
export const scheduledText = 'Scheduled async job for '

/** What each job does in an operator's words, from the event of its start, by the event's id. */
export async function jobTexts(
  db: Queries,
  jobs: readonly Pick<Row<'async_job'>, 'start_event_id'>[],
): Promise<ReadonlyMap<number, string>> {
  const ids = jobs.map((job) => job.start_event_id).filter((id) => id !== 0)
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('event').select(['id', 'description']).where('id', 'in', ids).execute()
  return new Map(
    rows.map(({ id, description }) => [
      id,
      description.startsWith(scheduledText) ? description.slice(scheduledText.length) : description,
    ]),
  )
}

/** The newest job on each object that has not ended, by the object's uuid. */
export async function pendingJobsOf(db: Queries, uuids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const jobs = new Map<string, string>()
  for (let at = 0; at < uuids.length; at += 500) {
    const rows = await db
      .selectFrom('async_job')
      .select(['instance_uuid', 'uuid'])
      .where('job_status', '=', jobStatus.pending)
      .where('instance_uuid', 'in', uuids.slice(at, at + 500))
      .orderBy('id')
      .execute()
    for (const row of rows) if (row.instance_uuid !== null) jobs.set(row.instance_uuid, row.uuid)
  }
  return jobs
}
