type Text = { readonly type: 'string'; readonly description: string; readonly since?: string }
type Total<T extends 'long' | 'float'> = { readonly type: T; readonly description: string; readonly since?: string }
type ResourceFields<N extends string, T extends 'long' | 'float'> = {
  readonly [K in `${N}limit` | `${N}available`]: Text
} & { readonly [K in `${N}total`]: Total<T> }

/** Limit, use and rest of one resource, as accounts, domains and projects show them. */
export function resource<const N extends string>(name: N, words: string, since?: string): ResourceFields<N, 'long'>
export function resource<const N extends string>(
  name: N,
  words: string,
  since: string | undefined,
  total: 'float',
): ResourceFields<N, 'float'>
export function resource(
  name: string,
  words: string,
  since?: string,
  total: 'long' | 'float' = 'long',
): Readonly<Record<string, Text | Total<'long' | 'float'>>> {
  const version = since === undefined ? {} : { since }
  return {
    [`${name}limit`]: { type: 'string', ...version, description: `Limit of ${words}; Unlimited when there is none.` },
    [`${name}total`]: { type: total, ...version, description: `Use of ${words}.` },
    [`${name}available`]: {
      type: 'string',
      ...version,
      description: `What is left of ${words}; Unlimited when there is no limit.`,
    },
  }
}

/** Of all three; `since` is that of the answer where it came later than the field. */
export function sharedResources(since?: string) {
  const at = (own: string | undefined): string | undefined => since ?? own
  return {
    ...resource('vm', 'virtual machines', at(undefined)),
    ...resource('ip', 'public addresses', at(undefined)),
    ...resource('volume', 'volumes', at(undefined)),
    ...resource('snapshot', 'snapshots', at(undefined)),
    ...resource('template', 'templates', at(undefined)),
    ...resource('network', 'networks', at('3.0.1')),
    ...resource('vpc', 'VPCs', at('4.0.0')),
    ...resource('cpu', 'CPU cores', at('4.2.0')),
    ...resource('memory', 'memory in MiB', at('4.2.0')),
    ...resource('primarystorage', 'primary storage in GiB', at('4.2.0')),
    ...resource('secondarystorage', 'secondary storage in GiB', at('4.2.0'), 'float'),
  }
}

/** Of accounts and domains, which may hold projects. */
export function ownerResources() {
  return { ...sharedResources(), ...resource('project', 'projects', '3.0.1') }
}
