import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { type ApiFailure, asFailure } from '../api/api-failure.ts'
import { useContractStore } from '../contract/contract-store.ts'
import { useLiveStore } from '../live/live-store.ts'
import { soon } from '../live/soon.ts'
import type { Job } from '../live/use-job.ts'

const keptMs = 24 * 3600_000
const most = 100

/** What runs and what ran in the last day, of everybody whom the caller may see. */
export const useTaskStore = defineStore('tasks', () => {
  const contract = useContractStore()
  const live = useLiveStore()
  const jobs = shallowRef<readonly Job[]>([])
  const count = ref(0)
  const loaded = ref(false)
  const failure = shallowRef<ApiFailure>()

  async function load(): Promise<void> {
    if (!contract.has('listAsyncJobs')) return
    try {
      const startdate = new Date(Date.now() - keptMs).toISOString()
      const page = await contract.list('listAsyncJobs', {
        startdate,
        listall: true,
        isrecursive: true,
        page: 1,
        pagesize: most,
      })
      jobs.value = page.items as unknown as readonly Job[]
      count.value = page.count
      failure.value = undefined
    } catch (error) {
      failure.value = asFailure(error)
    } finally {
      loaded.value = true
    }
  }
  const reload = soon(250, load)
  live.watchChanges(['AsyncJob'], reload)
  live.watchProgress(({ jobid }) => {
    if (!jobs.value.some((job) => job.jobid === jobid)) reload()
  })
  return {
    jobs,
    count,
    loaded,
    failure,
    load,
    running: computed(() => jobs.value.filter(({ jobstatus }) => jobstatus === 0)),
  }
})
