/** A figure beside its aim. */
export type Row = {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** `most`: no more than; `least`: no less than. */
  readonly aim?: { readonly most: number } | { readonly least: number }
  /** What the figure needs to be understood: sizes, the spread, processor time. */
  readonly detail?: string
}

/** What one bench found; `skipped` says what this machine lacks. */
export type Found = {
  readonly title: string
  readonly rows: readonly Row[]
  readonly notes?: readonly string[]
  readonly skipped?: string
}
export type BenchOptions = {
  /** Small sizes: shows that the bench works, not how fast the product is. */
  readonly quick: boolean
}
export type Bench = (options: BenchOptions) => Promise<Found>

/** The names, in the order of the document; each is `benches/<name>.ts`. */
export const benchNames = [
  'start',
  'lists',
  'lists-mariadb',
  'planner',
  'deploys',
  'deploys-mariadb',
  'runs',
  'limits',
  'fleet',
  'agent',
  'libvirt',
  'migration',
  'volumes',
  'guest-network',
  'console',
] as const
export type BenchName = (typeof benchNames)[number]

export function isBenchName(name: string): name is BenchName {
  return (benchNames as readonly string[]).includes(name)
}

/** Whether the figure meets its aim; undefined where there is none. */
export function meetsAim(row: Row): boolean | undefined {
  if (row.aim === undefined) return undefined
  return 'most' in row.aim ? row.value <= row.aim.most : row.value >= row.aim.least
}
