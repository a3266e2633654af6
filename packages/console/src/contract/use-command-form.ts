import { computed, ref } from 'vue'
import type { ApiFailure } from '../api/api-failure.ts'
import type { CallParams } from '../api/transport.ts'
import { useCommandPlan } from './command-plan.ts'
import type { Command, Row } from './contract-types.ts'
import { currentValues, type FormValues, formFields, isComplete, sentValues } from './form-fields.ts'
import { useRunAction } from './run-action.ts'

export type CommandFormOptions = {
  /** Parameter that names the objects, and the objects. */
  readonly subject?: string | undefined
  readonly subjects?: readonly Row[]
  readonly idField?: string | undefined
  /** Begin with what the object has now, send what differs. */
  readonly update?: boolean
  readonly preset?: CallParams
  /** Parameters that are not asked for. */
  readonly without?: readonly string[]
  readonly title: () => string
}

/** The state of a command's form: what is filled in, the server's plan for it, and sending it. */
export function useCommandForm(command: Command, options: CommandFormOptions) {
  const { run } = useRunAction()
  const { subject, subjects = [] } = options
  const fields = formFields(command, [...(subject ? [subject] : []), ...(options.without ?? [])])
  const declared = new Set(command.params.map(({ name }) => name))
  const before: FormValues = options.update && subjects[0] ? currentValues(fields, subjects[0]) : {}
  const given = Object.fromEntries(Object.entries(options.preset ?? {}).filter(([name]) => declared.has(name)))
  const values = ref<FormValues>({ ...given, ...before })
  const complete = computed(() => isComplete(fields, values.value))
  const requests = computed<readonly CallParams[] | undefined>(() => {
    if (!complete.value) return undefined
    const sent = sentValues(values.value, before)
    return subject ? subjects.map((row) => ({ ...sent, [subject]: String(row[options.idField ?? 'id']) })) : [sent]
  })
  const plan = useCommandPlan(command.name, requests)
  const busy = ref(false)
  const failures = ref<readonly ApiFailure[]>([])

  /** Answers what came back when everything was taken, else undefined. */
  async function submit(): Promise<readonly unknown[] | undefined> {
    if (!requests.value || busy.value) return undefined
    busy.value = true
    failures.value = []
    const outcome = await run(command.name, requests.value, options.title())
    busy.value = false
    failures.value = outcome.failures
    void plan.ask()
    return outcome.failures.length === 0 ? outcome.results : undefined
  }
  return { fields, values, complete, plan, busy, failures, submit }
}
