/** A job that goes on, as the server pushes it; nothing of it is kept. */
export type Progress = {
  readonly jobid: string
  readonly cmd: string
  readonly resourcetype: string | null
  readonly resourceid: string | null
}
