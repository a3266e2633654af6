/** What is done to a machine while something is killed. */
export const operations = ['deploy', 'migrate', 'stop', 'destroy'] as const
export type Operation = (typeof operations)[number]
export const victims = ['server', 'agent', 'libvirtd', 'host'] as const
export type Victim = (typeof victims)[number]

/** The effects of each operation, by the steps of its workflow. */
export const effects = {
  deploy: { workflow: 'vm.start', steps: ['template', 'volume', 'start'] },
  migrate: { workflow: 'vm.migrate', steps: ['check', 'prepare', 'move', 'settle'] },
  stop: { workflow: 'vm.stop', steps: ['stop'] },
  destroy: { workflow: 'vm.destroy', steps: ['stop', 'disks'] },
} as const satisfies Record<Operation, { workflow: string; steps: readonly string[] }>

/** About how long each operation takes on the lab under emulation, ms: random instants are drawn from it. */
const durations: Readonly<Record<Operation, number>> = { deploy: 500, migrate: 1500, stop: 300, destroy: 1500 }

export type KillPoint = {
  readonly operation: Operation
  readonly victim: Victim
  /** In a migration: whose agent, libvirtd or machine; elsewhere there is one host. */
  readonly side: 'source' | 'destination'
  readonly when:
    | { readonly kind: 'before' | 'after'; readonly step: string }
    | { readonly kind: 'instant'; readonly ms: number }
}

/** Every point: each victim before and after each effect, and `instants` random instants an operation. */
export function allPoints(random: () => number, instants = 20): readonly KillPoint[] {
  return operations.flatMap((operation) => {
    const sides = operation === 'migrate' ? (['source', 'destination'] as const) : (['source'] as const)
    const around = effects[operation].steps.flatMap((step) =>
      (['before', 'after'] as const).flatMap((kind) =>
        victims.flatMap((victim) =>
          (victim === 'server' ? (['source'] as const) : sides).map(
            (side): KillPoint => ({ operation, victim, side, when: { kind, step } }),
          ),
        ),
      ),
    )
    const drawn = Array.from(
      { length: instants },
      (_, index): KillPoint => ({
        operation,
        victim: victims[index % victims.length] as Victim,
        side: sides[Math.floor(random() * sides.length)] as KillPoint['side'],
        when: { kind: 'instant', ms: Math.round(random() * durations[operation]) },
      }),
    )
    return [...around, ...drawn]
  })
}

/** Some of the points with their numbers in the whole list, from 1. */
export function numbered(
  points: readonly KillPoint[],
  chosen: readonly KillPoint[],
): readonly { readonly number: number; readonly point: KillPoint }[] {
  return chosen.map((point) => ({ number: points.indexOf(point) + 1, point }))
}

/** `count` of them, drawn so that every operation and every victim comes before any comes twice. */
export function samplePoints(points: readonly KillPoint[], count: number, random: () => number): readonly KillPoint[] {
  const left = [...points]
  const taken: KillPoint[] = []
  const uses = (value: string): number =>
    taken.filter((point) => point.operation === value || point.victim === value).length
  while (taken.length < count && left.length > 0) {
    const score = (point: KillPoint): number => uses(point.operation) + uses(point.victim)
    const least = Math.min(...left.map(score))
    const rarest = left.filter((point) => score(point) === least)
    const point = rarest[Math.floor(random() * rarest.length)] as KillPoint
    taken.push(point)
    left.splice(left.indexOf(point), 1)
  }
  return taken
}

export function pointName({ operation, victim, side, when }: KillPoint): string {
  const whose = operation === 'migrate' && victim !== 'server' ? ` of the ${side}` : ''
  const moment = when.kind === 'instant' ? `${when.ms} ms after the order` : `${when.kind} ${when.step}`
  return `${operation}: ${victim}${whose} dies ${moment}`
}
