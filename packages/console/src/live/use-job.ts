import { type Ref, ref, shallowRef, watch } from 'vue'
import { callApi } from '../api/transport.ts'
import { useLiveStore } from './live-store.ts'
import { soon } from './soon.ts'

export type JobStep = {
  readonly name: string
  readonly status: string
  readonly attempts: number
  readonly started?: string
  readonly ended?: string
}
export type Job = {
  readonly jobid: string
  readonly cmd: string
  readonly jobstatus: number
  readonly created: string
  readonly completed?: string
  /** What it does, in an operator's words. */
  readonly description?: string
  readonly account?: string
  readonly userid?: string
  readonly jobinstancetype?: string
  readonly jobinstanceid?: string
  readonly progress?: Readonly<Record<string, unknown>>
  readonly steps?: readonly JobStep[]
  readonly jobresult?: Readonly<Record<string, unknown>>
}

/** A job with its steps, read again whenever the server says that it went on. */
export function useJob(jobid: Ref<string | undefined>) {
  const live = useLiveStore()
  const job = shallowRef<Job>()
  const missing = ref(false)

  async function read(): Promise<void> {
    const id = jobid.value
    if (id === undefined) return
    try {
      const body = await callApi('queryAsyncJobResult', { jobid: id }, { get: true })
      if (jobid.value === id) job.value = body as Job
    } catch {
      missing.value = true
    }
  }
  const reread = soon(100, read)
  live.watchProgress((progress) => {
    if (progress.jobid === jobid.value) reread()
  })
  live.watchChanges(['AsyncJob'], (changes) => {
    if (changes.length === 0 || changes.some(({ resourceid }) => resourceid === jobid.value)) reread()
  })
  watch(
    jobid,
    () => {
      job.value = undefined
      missing.value = false
      void read()
    },
    { immediate: true },
  )
  return { job, missing, read }
}
