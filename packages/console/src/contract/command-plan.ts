import { type ComputedRef, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { type ApiFailure, asFailure } from '../api/api-failure.ts'
import type { CallParams } from '../api/transport.ts'
import { useContractStore } from './contract-store.ts'

type Item = Readonly<Record<string, unknown>>
export type Refusal = { readonly code: string; readonly entity: string; readonly seen: string; readonly fix: string }
export type Placement = {
  readonly filters: readonly string[]
  readonly hosts: readonly {
    readonly id: string
    readonly name: string
    readonly cluster: string
    readonly fits: boolean
    readonly refusals: readonly {
      readonly filter: string
      readonly seen: string
      readonly fix: string
      readonly short?: number
    }[]
  }[]
}
export type CommandPlan = {
  readonly placement?: Placement
  readonly ok: boolean
  readonly steps: readonly Item[]
  readonly claims: readonly Item[]
  readonly moves: readonly Item[]
  readonly refusals: readonly Refusal[]
}

const pauseMs = 300
/** Of a command on many objects, so many are asked for. */
const askedAtOnce = 20

/** Asks the server what a command would do, whenever what would be sent has changed; nothing is written there. */
export function useCommandPlan(command: string, requests: ComputedRef<readonly CallParams[] | undefined>) {
  const contract = useContractStore()
  const plan = shallowRef<CommandPlan>()
  const failure = shallowRef<ApiFailure>()
  const asking = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let current: AbortController | undefined

  async function ask(): Promise<void> {
    current?.abort()
    const mine = new AbortController()
    current = mine
    const asked = requests.value
    if (!asked) {
      plan.value = undefined
      failure.value = undefined
      return
    }
    asking.value = true
    try {
      const answers = await Promise.all(
        asked.slice(0, askedAtOnce).map((params) => contract.call(command, { ...params, dryrun: true }, mine.signal)),
      )
      if (mine.signal.aborted) return
      plan.value = joined(answers.map((answer) => answer.dryrun as CommandPlan))
      failure.value = undefined
    } catch (error) {
      if (mine.signal.aborted) return
      plan.value = undefined
      failure.value = asFailure(error)
    } finally {
      if (!mine.signal.aborted) asking.value = false
    }
  }

  watch(
    requests,
    (now, before) => {
      if (JSON.stringify(now) === JSON.stringify(before) && before !== undefined) return
      clearTimeout(timer)
      timer = setTimeout(() => void ask(), before === undefined ? 0 : pauseMs)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    current?.abort()
  })
  return { plan, failure, asking, ask }
}

/** Of several objects: the refusals of all, the steps of the first. */
function joined(plans: readonly CommandPlan[]): CommandPlan | undefined {
  const [first] = plans
  if (!first || plans.length === 1) return first
  const refusals = plans.flatMap((plan) => plan.refusals)
  return {
    ok: refusals.length === 0,
    steps: first.steps,
    claims: [],
    moves: plans.flatMap((plan) => plan.moves),
    refusals,
  }
}
