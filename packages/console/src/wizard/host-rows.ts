import { ref } from 'vue'
import { type ApiFailure, asFailure } from '../api/api-failure.ts'
import type { CallParams } from '../api/transport.ts'
import type { CommandPlan, Refusal } from '../contract/command-plan.ts'
import { useContractStore } from '../contract/contract-store.ts'

export type Check = { readonly name: string; readonly status: string; readonly seen: string }
export type HostRow = {
  readonly key: number
  address: string
  username: string
  password: string
  checks: readonly Check[]
  refusals: readonly Refusal[]
  hostKey: string | undefined
  confirmed: boolean
  phase: 'new' | 'checking' | 'checked' | 'adding' | 'added' | 'failed'
  failure: ApiFailure | undefined
}

/** Hosts to be added: each checked by a dry run over SSH, its key confirmed, then added; any step can be repeated. */
export function useHostRows(place: () => CallParams) {
  const contract = useContractStore()
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
      hostKey: undefined,
      confirmed: false,
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
      row.checks = plan.steps.flatMap(({ name }) => readCheck(String(name)))
      row.refusals = plan.refusals
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
    row.failure = undefined
    try {
      await contract.call('addHost', paramsOf(row))
      row.phase = 'added'
      row.password = ''
    } catch (error) {
      row.failure = asFailure(error)
      row.phase = 'failed'
    }
  }
  return { rows, fresh, spread, check, add }
}

/** `check sshd: ok, OpenSSH 9.2` as its parts. */
function readCheck(text: string): Check[] {
  const match = /^check ([^:]+): (\w+), (.*)$/s.exec(text)
  return match ? [{ name: match[1] ?? '', status: match[2] ?? '', seen: match[3] ?? '' }] : []
}
