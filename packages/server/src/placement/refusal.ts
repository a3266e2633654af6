/** Why one host, or everything of a cluster, was refused: the filter, and by how much where that is a number. */
export type Refusal = {
  readonly filter: string
  /** What was seen, in words that follow the host's name. */
  readonly seen: () => string
  readonly fix: string
  /** Missing amount in the filter's unit (bytes, MHz, cores, guests); sorts the closest misses first. */
  readonly short?: number
  /** The host is expected back by itself: worth asking again soon, unless something else refuses it too. */
  readonly passes?: boolean
}

/** Words for bytes: 1.50 GiB, 512 MiB. */
export function bytesText(bytes: number): string {
  const gib = bytes / 1024 ** 3
  if (Math.abs(gib) >= 1) return `${trim(gib)} GiB`
  return `${trim(bytes / 1024 ** 2)} MiB`
}

export function percentText(share: number): string {
  return `${trim(share * 100)}%`
}

function trim(value: number): string {
  return value.toFixed(2).replace(/\.?0+$/, '')
}
