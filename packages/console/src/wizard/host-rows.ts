import { ref } from 'vue'
import { type ApiFailure, asFailure } from '../api/api-failure.ts'
import type { AnswerBody, CallParams } from '../api/transport.ts'
import type { CheckResult } from '../components/CheckList.vue'
import type { CommandPlan, Refusal } from '../contract/command-plan.ts'
import { useContractStore } from '../contract/contract-store.ts'
import { useJobStore } from '../live/job-store.ts'
import { useLiveStore } from '../live/live-store.ts'

export type HostRow = {
  readonly key: number
  address: string
  username: string
  password: string
  checks: readonly CheckResult[]
  /** Refusals that are no check's. */
  refusals: readonly Refusal[]
  refused: boolean
  hostKey: string | undefined
  confirmed: boolean
  /** The job that adds it, once it has begun. */
  jobid: string | undefined
  /** What joining did beyond the agent. */
  notes: readonly string[]
  phase: 'new' | 'checking' | 'checked' | 'adding' | 'added' | 'failed'
  failure: ApiFailure | undefined
}

/** Hosts to be added: each checked by a dry run over SSH, its key confirmed, then added; any step can be repeated. */
export function useHostRows(place: () => CallParams) {
  const contract = useContractStore()
  const jobs = useJobStore()
  const live = useLiveStore()
  let next = 0
  const rows = ref<HostRow[]>([fresh()])

  function fresh(address = ''): HostRow {
    return {
      key: next++,
      address,
      username: 'root',
      password: '',
      checks: [],
      refusals: [],
      refused: false,
      hostKey: undefined,
      confirmed: false,
      jobid: undefined,
      notes: [],
      phase: 'new',
      failure: undefined,
    }
  }
  /** A pasted list of addresses becomes a row each, with the first one's login. */
  function spread(row: HostRow): void {
    const [first = '', ...others] = row.address.split(/[\s,;]+/).filter((word) => word !== '')
    if (others.length === 0) return
    row.address = first
    rows.value.push(...others.map((address) => ({ ...fresh(address), username: row.username, password: row.password })))
  }
  function paramsOf(row: HostRow): CallParams {
    const address = row.address.trim()
    return {
      ...place(),
      url: /^\w+:\/\//.test(address) ? address : `http://${address}`,
      username: row.username,
      password: row.password,
      ...(row.confirmed && row.hostKey !== undefined ? { hostkey: row.hostKey } : {}),
    }
  }

  async function check(row: HostRow): Promise<void> {
    row.phase = 'checking'
    row.failure = undefined
    try {
      const { dryrun } = await contract.call('addHost', { ...paramsOf(row), dryrun: true })
      const plan = dryrun as CommandPlan
      const refusalOf = (check: string): Refusal | undefined =>
        plan.refusals.find(({ code }) => code === `check.${check}`)
      row.checks = plan.steps.flatMap(({ name }) => readCheck(String(name), refusalOf))
      const known = new Set(row.checks.map(({ code }) => code))
      row.refusals = plan.refusals.filter(({ code }) => !known.has(code))
      row.refused = plan.refusals.length > 0
      const seen = row.checks.find(({ name }) => name === 'host-key')?.seen
      if (seen !== row.hostKey) row.confirmed = false
      row.hostKey = seen
      row.phase = 'checked'
    } catch (error) {
      row.failure = asFailure(error)
      row.phase = 'failed'
    }
  }

  async function add(row: HostRow): Promise<void> {
    row.phase = 'adding'
    row.jobid = undefined
    row.failure = undefined
    try {
      const { host } = await answerOf(row)
      const made = (Array.isArray(host) ? host[0] : host) as { readonly notes?: readonly string[] } | undefined
      row.notes = made?.notes ?? []
      row.phase = 'added'
      row.password = ''
    } catch (error) {
      row.failure = asFailure(error)
      row.phase = 'failed'
    }
  }
  /** The job goes on when the server is started anew meanwhile; then its end is its answer. */
  async function answerOf(row: HostRow): Promise<AnswerBody> {
    try {
      return await contract.call('addHost', paramsOf(row))
    } catch (error) {
      if (row.jobid === undefined || asFailure(error).code !== 'console.unreachable') throw error
      const end = await jobs.wait(row.jobid)
      if ('failure' in end) throw end.failure
      return end.result
    }
  }
  /** The command answers at its end; the feed tells of its job while it goes on, and the job which address it is for. */
  live.watchProgress(({ jobid, cmd }) => {
    const adding = rows.value.filter((row) => row.phase === 'adding' && row.jobid === undefined)
    if (cmd === 'addHost' && adding.length > 0 && !asked.has(jobid)) void match(adding, jobid)
  })
  const asked = new Set<string>()
  async function match(adding: readonly HostRow[], jobid: string): Promise<void> {
    asked.add(jobid)
    const job = await contract.call('queryAsyncJobResult', { jobid }).catch(() => undefined)
    const row = adding.find((one) => job?.description?.endsWith(` ${paramsOf(one).url}`))
    if (row) row.jobid = jobid
    else if (!job) asked.delete(jobid)
  }
  return { rows, fresh, spread, check, add }
}

/** `check sshd: ok, OpenSSH 9.2` as its parts, with the fix that the refusal of that check names. */
function readCheck(text: string, refusalOf: (check: string) => Refusal | undefined): CheckResult[] {
  const match = /^check ([^:]+): (\w+), (.*)$/s.exec(text)
  if (!match) return []
  const [, name = '', status = '', seen = ''] = match
  const refusal = refusalOf(name)
  return [{ name, status, seen, ...(refusal ? { code: refusal.code, fix: refusal.fix } : {}) }]
}
