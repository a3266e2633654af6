import { count, int, longtext, optionalInt, optionalText, pk, table, text, uuid } from '../columns.ts'

export const operationTables = {
  async_job: table({
    columns: {
      id: pk,
      uuid,
      user_id: int,
      account_id: int,
      domain_id: int,
      instance_type: optionalText(64),
      instance_id: optionalInt,
      instance_uuid: optionalText(40),
      job_cmd: text(255),
      /** JSON of the parameters, sensitive ones redacted. */
      job_cmd_info: longtext,
      /** 0 pending, 1 done, 2 failed. */
      job_status: count(0),
      job_process_status: count(0),
      job_result_code: count(0),
      /** JSON: view on success (made at the end), error on failure. */
      job_result: longtext,
      progress: longtext,
      run_id: optionalText(40),
      start_event_id: count(0),
      created: int,
      last_updated: int,
      completed: optionalInt,
      removed: optionalInt,
    },
    index: [['account_id', 'created'], ['instance_type', 'instance_id', 'job_status'], ['job_status'], ['run_id']],
  }),
  /** Requests a caller has left; kept in memory on one server, here when several share the load. */
  api_limit: table({
    columns: { id: pk, account_id: int, window_start: int, used: count(0) },
    unique: [['account_id']],
  }),
} as const
