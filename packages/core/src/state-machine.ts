/** One row: from a state, on an event, to a state. */
export type Transition = readonly [from: string, event: string, to: string]

/** Thrown when no row matches; carries both sides so that the API can say what was wrong. */
export class InvalidTransitionError extends Error {
  override readonly name = 'InvalidTransitionError'
  readonly machine: string
  readonly from: string
  readonly event: string
  constructor(machine: string, from: string, event: string) {
    super(`${machine}: no transition from ${from} on ${event}`)
    this.machine = machine
    this.from = from
    this.event = event
  }
}

export type StateMachine<T extends readonly Transition[] = readonly Transition[]> = {
  readonly name: string
  readonly rows: T
  readonly states: readonly (T[number][0] | T[number][2])[]
  /** States that only an operation in flight may hold; each has an exit row (asserted by tests). */
  readonly transitional: readonly string[]
  /** The state after `event`; throws InvalidTransitionError for an undeclared pair. */
  next(from: T[number][0] | T[number][2], event: T[number][1]): T[number][0] | T[number][2]
  can(from: string, event: string): boolean
}

/** Builds a state machine from its table; types are inferred from the rows. Duplicate pairs throw at load. */
export function stateMachine<const T extends readonly Transition[]>(
  name: string,
  rows: T,
  options: { readonly transitional?: readonly T[number][2][] } = {},
): StateMachine<T> {
  const targets = new Map<string, T[number][2]>()
  for (const [from, event, to] of rows) {
    const key = `${from} ${event}`
    if (targets.has(key)) throw new Error(`${name}: duplicate transition ${key}`)
    targets.set(key, to)
  }
  return {
    name,
    rows,
    states: [...new Set(rows.flatMap(([from, , to]) => [from, to]))],
    transitional: options.transitional ?? [],
    next(from, event) {
      const to = targets.get(`${from} ${event}`)
      if (to === undefined) throw new InvalidTransitionError(name, from, event)
      return to
    },
    can: (from, event) => targets.has(`${from} ${event}`),
  }
}

export type StateOf<M extends StateMachine<readonly Transition[]>> = M['rows'][number][0] | M['rows'][number][2]
export type EventOf<M extends StateMachine<readonly Transition[]>> = M['rows'][number][1]
