import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { type ApiFailure, failureFromBody } from '../api/api-failure.ts'
import { type AnswerBody, callApi } from '../api/transport.ts'
import { useLiveStore } from './live-store.ts'

export type JobEnd = { readonly result: AnswerBody } | { readonly failure: ApiFailure }

/** Jobs that this page started: each is asked for when the feed says that it has ended, never in between. */
export const useJobStore = defineStore('jobs', () => {
  const live = useLiveStore()
  const waiting = new Map<string, (end: JobEnd) => void>()
  const pending = shallowRef<ReadonlySet<string>>(new Set())

  live.watchChanges(['AsyncJob'], (changes) => {
    const ended = changes.length === 0 ? [...waiting.keys()] : changes.map((change) => change.resourceid)
    for (const id of ended) if (waiting.has(id)) void look(id)
  })

  async function look(jobid: string): Promise<void> {
    const job = await callApi('queryAsyncJobResult', { jobid }, { get: true }).catch(() => undefined)
    if (!job || job.jobstatus === 0) return
    const settle = waiting.get(jobid)
    waiting.delete(jobid)
    pending.value = new Set(waiting.keys())
    const result = (job.jobresult ?? {}) as AnswerBody
    settle?.(job.jobstatus === 1 ? { result } : { failure: failureFromBody(result, Number(job.jobresultcode ?? 530)) })
  }

  /** Resolves when the job has ended. */
  function wait(jobid: string): Promise<JobEnd> {
    return new Promise((resolve) => {
      waiting.set(jobid, resolve)
      pending.value = new Set(waiting.keys())
      // It may have ended before anybody listened.
      void look(jobid)
    })
  }

  return { pending, wait }
})
