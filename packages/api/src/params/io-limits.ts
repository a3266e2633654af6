type Limit = { readonly type: 'long'; readonly min: 0; readonly since?: string; readonly description: string }
type LimitName = `${'bytes' | 'iops'}${'read' | 'write'}rate${'' | 'max' | 'maxlength'}`
type Words = {
  /** What is counted, e.g. `Bytes read`, by the parameter it stands for. */
  readonly bytesread: string
  readonly byteswrite: string
  readonly iopsread: string
  readonly iopswrite: string
  /** Put behind: ` of the root disk`. */
  readonly of?: string
  readonly since?: string
}

/** The twelve limits of a disk's reads and writes: a rate, what a burst may reach, and how long it lasts. */
export function ioLimits(words: Words): { readonly [N in LimitName]: Limit } {
  const common = { type: 'long', min: 0, ...(words.since === undefined ? {} : { since: words.since }) } as const
  const limits: Partial<Record<LimitName, Limit>> = {}
  for (const what of ['bytesread', 'byteswrite', 'iopsread', 'iopswrite'] as const) {
    const counted = words[what]
    limits[`${what}rate`] = {
      ...common,
      description: `${counted} a second${words.of ?? ''} at most; no limit unless given.`,
    }
    limits[`${what}ratemax`] = { ...common, description: `${counted} a second in a burst; not below ${what}rate.` }
    limits[`${what}ratemaxlength`] = {
      ...common,
      description: 'Seconds that such a burst may last; 1 unless given.',
    }
  }
  return limits as { readonly [N in LimitName]: Limit }
}
