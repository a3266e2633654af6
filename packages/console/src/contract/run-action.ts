import { type MessageReactive, useMessage } from 'naive-ui'
import { useI18n } from 'vue-i18n'
import { type ApiFailure, asFailure } from '../api/api-failure.ts'
import type { CallParams } from '../api/transport.ts'
import { useJobStore } from '../live/job-store.ts'
import { useContractStore } from './contract-store.ts'

export type Outcome = {
  readonly started: number
  readonly failures: readonly ApiFailure[]
  readonly results: readonly unknown[]
}

const side = 4

/**
 * Sends a command once for each set of parameters, a few side by side, tells of its jobs when they end. Answers when all
 * were sent; `ended` resolves when all jobs have.
 */
export function useRunAction() {
  const contract = useContractStore()
  const jobs = useJobStore()
  const message = useMessage()
  const { t } = useI18n()

  async function run(command: string, requests: readonly CallParams[], what: string): Promise<Outcome> {
    const failures: ApiFailure[] = []
    const results: unknown[] = []
    const ids: string[] = []
    const queue = [...requests]
    await Promise.all(
      Array.from({ length: Math.min(side, queue.length) }, async () => {
        for (let params = queue.shift(); params; params = queue.shift()) {
          try {
            const body = await contract.call(command, params)
            if (typeof body.jobid === 'string') ids.push(body.jobid)
            results.push(body)
          } catch (error) {
            failures.push(asFailure(error))
          }
        }
      }),
    )
    if (ids.length > 0) void follow(ids, what)
    else if (failures.length === 0) message.success(t('form.done', { what }))
    return { started: results.length, failures, results }
  }

  async function follow(ids: readonly string[], what: string): Promise<void> {
    const told: MessageReactive = message.loading(t('form.started', { what }), { duration: 0 })
    const ends = await Promise.all(ids.map((id) => jobs.wait(id)))
    told.destroy()
    const failed = ends.flatMap((end) => ('failure' in end ? [end.failure] : []))
    const [first] = failed
    if (first)
      message.error(`${t('form.failed', { what })}: ${first.message} ${first.fix}`, {
        duration: 12_000,
        closable: true,
      })
    else message.success(t('form.done', { what }))
  }

  return { run }
}
