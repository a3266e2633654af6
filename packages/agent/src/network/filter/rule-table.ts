/** An nftables table as data, so that the difference of two is a small change of the kernel's. */
export type RuleTable = {
  readonly family: 'bridge' | 'inet'
  readonly name: string
  readonly sets: Readonly<Record<string, RuleSet>>
  readonly maps: Readonly<Record<string, RuleMap>>
  readonly chains: Readonly<Record<string, RuleChain>>
}
export type RuleSet = {
  /** nft's type, with its flags: `ipv4_addr; flags interval`. */
  readonly type: string
  readonly elements: readonly string[]
}
export type RuleMap = { readonly type: string; readonly elements: Readonly<Record<string, string>> }
export type RuleChain = {
  /** Base chains: `type filter hook forward priority -300; policy accept`. */
  readonly hook?: string
  readonly rules: readonly string[]
}

/** Elements or rules a command: nft's parser is quadratic in long lists. */
const batch = 500

/** Replaces the table, or removes it, in one transaction: no packet sees half of it. */
export function replaceScript(table: RuleTable): string {
  const name = `${table.family} ${table.name}`
  return `table ${name}\ndelete table ${name}\n${createScript(table)}`
}

export function removeScript({ family, name }: Pick<RuleTable, 'family' | 'name'>): string {
  return `table ${family} ${name}\ndelete table ${family} ${name}\n`
}

function createScript(table: RuleTable): string {
  return [`add table ${table.family} ${table.name}`, ...changes(emptied(table), table), ''].join('\n')
}

/** What turns one into the other, in an order that nft takes; empty when nothing differs. */
export function changeScript(before: RuleTable, after: RuleTable): string {
  const lines = changes(before, after)
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

function emptied(table: RuleTable): RuleTable {
  return { ...table, sets: {}, maps: {}, chains: {} }
}

function changes(before: RuleTable, after: RuleTable): string[] {
  const at = `${after.family} ${after.name}`
  const lines: string[] = []
  // What rules and maps refer to comes first, and goes last.
  for (const [name, set] of added(before.sets, after.sets)) lines.push(`add set ${at} ${name} { type ${set.type}; }`)
  for (const [name, chain] of added(before.chains, after.chains)) {
    lines.push(`add chain ${at} ${name}${chain.hook === undefined ? '' : ` { ${chain.hook}; }`}`)
  }
  for (const [name, map] of added(before.maps, after.maps)) lines.push(`add map ${at} ${name} { type ${map.type}; }`)
  for (const [name, set] of Object.entries(after.sets)) {
    const old = new Set(before.sets[name]?.elements)
    const now = new Set(set.elements)
    lines.push(
      ...elementLines(
        'delete',
        at,
        name,
        [...old].filter((one) => !now.has(one)),
      ),
    )
    lines.push(
      ...elementLines(
        'add',
        at,
        name,
        [...now].filter((one) => !old.has(one)),
      ),
    )
  }
  for (const [name, chain] of Object.entries(after.chains)) {
    const old = before.chains[name]?.rules ?? []
    if (sameList(old, chain.rules)) continue
    // Rules that only follow what is there are added; else the chain is filled anew.
    const grows = old.length < chain.rules.length && old.every((rule, index) => rule === chain.rules[index])
    if (!grows && old.length > 0) lines.push(`flush chain ${at} ${name}`)
    for (const rule of chain.rules.slice(grows ? old.length : 0)) lines.push(`add rule ${at} ${name} ${rule}`)
  }
  for (const [name, map] of Object.entries(after.maps)) {
    const old = before.maps[name]?.elements ?? {}
    const gone = Object.keys(old).filter((key) => old[key] !== map.elements[key])
    const come = Object.keys(map.elements).filter((key) => old[key] !== map.elements[key])
    lines.push(...elementLines('delete', at, name, gone))
    lines.push(
      ...elementLines(
        'add',
        at,
        name,
        come.map((key) => `${key} : ${map.elements[key]}`),
      ),
    )
  }
  for (const [name] of added(after.maps, before.maps)) lines.push(`delete map ${at} ${name}`)
  // A chain may refer to another that goes with it.
  for (const [name] of added(after.chains, before.chains)) lines.push(`flush chain ${at} ${name}`)
  for (const [name] of added(after.chains, before.chains)) lines.push(`delete chain ${at} ${name}`)
  for (const [name] of added(after.sets, before.sets)) lines.push(`delete set ${at} ${name}`)
  return lines
}

function elementLines(verb: 'add' | 'delete', at: string, name: string, elements: readonly string[]): string[] {
  const lines: string[] = []
  for (let from = 0; from < elements.length; from += batch) {
    lines.push(`${verb} element ${at} ${name} { ${elements.slice(from, from + batch).join(', ')} }`)
  }
  return lines
}

/** Entries of the second that the first lacks. */
function added<T>(before: Readonly<Record<string, T>>, after: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(after).filter(([name]) => before[name] === undefined)
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index])
}
