/** What C's public headers say as numbers and words: `VIR_…` enums and string macros. No comment text is kept. */
export interface Headers {
  /** In declaration order: the typedef's name and its members. */
  readonly enums: { name: string; members: [name: string, value: number][] }[]
  readonly numbers: Map<string, number>
  readonly strings: Map<string, string>
}

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/\/\/.*$/gm, '')
}

/** Drops what only exists for the library's own builds: the sentinels at the end of each enum. */
function dropSentinels(text: string): string {
  return text.replace(/^#\s*ifdef VIR_ENUM_SENTINELS[\s\S]*?^#\s*endif.*$/gm, '')
}

/** Evaluates the constant expressions that the headers use: numbers, names, `|`, `+`, `-`, `<<`, `~`, parentheses. */
export function evaluate(expression: string, names: ReadonlyMap<string, number>): number {
  const tokens = expression.replace(/\b(\d+)U?L?\b/g, '$1').match(/0x[0-9a-f]+|\d+|[A-Za-z_]\w*|<<|[|+\-~()]/gi) ?? []
  let at = 0
  function atom(): number {
    const token = tokens[at++]
    if (token === undefined) throw new Error(`"${expression}" ends too early`)
    if (token === '(') {
      const value = or()
      if (tokens[at++] !== ')') throw new Error(`"${expression}" lacks a closing parenthesis`)
      return value
    }
    if (token === '-') return -atom()
    if (token === '~') return ~atom()
    if (/^\d/.test(token)) return Number(token)
    const value = names.get(token)
    if (value === undefined) throw new Error(`"${token}" in "${expression}" is not known`)
    return value
  }
  function sum(): number {
    let value = atom()
    while (tokens[at] === '+' || tokens[at] === '-') value = tokens[at++] === '+' ? value + atom() : value - atom()
    return value
  }
  function shift(): number {
    let value = sum()
    while (tokens[at] === '<<') {
      at++
      value = value * 2 ** sum()
    }
    return value
  }
  function or(): number {
    let value = shift()
    while (tokens[at] === '|') {
      at++
      value = Number(BigInt(value) | BigInt(shift()))
    }
    return value
  }
  const value = or()
  if (at !== tokens.length) throw new Error(`"${expression}" has more than an expression`)
  return value
}

/** Reads the headers in the given order: a later one may use an earlier one's names. */
export function parseHeaders(texts: readonly string[]): Headers {
  const headers: Headers = { enums: [], numbers: new Map(), strings: new Map() }
  for (const original of texts) {
    const text = dropSentinels(stripComments(original)).replace(/\\\n/g, ' ')
    for (const [, name, value] of text.matchAll(/^#[ \t]*define[ \t]+(VIR_\w+)[ \t]+"([^"]*)"[ \t]*$/gm)) {
      headers.strings.set(name!, value!)
    }
    for (const [, name, value] of text.matchAll(
      /^#[ \t]*define[ \t]+(VIR_\w+)[ \t]+\(?([\dxa-fA-F+][\dxa-fA-F+ ]*)\)?[ \t]*$/gm,
    )) {
      headers.numbers.set(name!, evaluate(value!, headers.numbers))
    }
    for (const [, body, name] of text.matchAll(/typedef\s+enum\s*\{([^}]*)\}\s*(\w+)\s*;/g)) {
      const members: [string, number][] = []
      let next = 0
      for (const part of body!.split(',')) {
        const member = part.replace(/^#.*$/gm, '').trim()
        if (member === '') continue
        const match = /^(\w+)\s*(?:=\s*([\s\S]+))?$/.exec(member)
        if (!match) throw new Error(`the member "${member}" of ${name} cannot be read`)
        const value = match[2] === undefined ? next : evaluate(match[2], headers.numbers)
        headers.numbers.set(match[1]!, value)
        members.push([match[1]!, value])
        next = value + 1
      }
      headers.enums.push({ name: name!, members })
    }
  }
  return headers
}
