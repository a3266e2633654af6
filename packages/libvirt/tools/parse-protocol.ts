import { evaluate } from './parse-headers.ts'

/** One declaration of rpcgen's language: `type name`, `type name[n]`, `type name<max>`, `type *name`. */
export interface Declaration {
  readonly type: string
  readonly name: string
  readonly shape: 'plain' | 'fixed' | 'variable' | 'pointer'
  /** Elements or bytes: the exact count of `fixed`, the limit of `variable`. */
  readonly size: number
}

export interface ProcedureNotes {
  readonly name: string
  readonly number: number
  readonly priority: 'high' | 'low'
  /** `object:permission` rules of the daemon. */
  readonly acl: readonly string[]
  readonly stream: 'none' | 'read' | 'write'
}

export interface UnionArm {
  readonly tag: string
  readonly number: number
  readonly value: Declaration
}

export type ProtocolItem =
  | { readonly kind: 'typedef'; readonly declaration: Declaration }
  | { readonly kind: 'struct'; readonly name: string; readonly fields: readonly Declaration[] }
  | { readonly kind: 'union'; readonly name: string; readonly arms: readonly UnionArm[] }
  | { readonly kind: 'enum'; readonly name: string; readonly members: readonly (readonly [string, number])[] }

export interface Protocol {
  readonly items: readonly ProtocolItem[]
  readonly constants: ReadonlyMap<string, number>
  readonly procedures: readonly ProcedureNotes[]
}

const limitOfUnbounded = 0xffffffff

function parseDeclaration(text: string, constants: ReadonlyMap<string, number>): Declaration {
  const match = /^((?:unsigned\s+)?\w+)\s+(\*?)\s*(\w+)\s*(?:\[([^\]]+)\]|<([^>]*)>)?$/.exec(text.trim())
  if (!match) throw new Error(`the declaration "${text}" cannot be read`)
  const [, rawType, star, name, fixed, variable] = match
  const type = rawType!.replace(/\s+/g, ' ')
  if (fixed !== undefined) return { type, name: name!, shape: 'fixed', size: evaluate(fixed, constants) }
  if (variable !== undefined) {
    return {
      type,
      name: name!,
      shape: 'variable',
      size: variable === '' ? limitOfUnbounded : evaluate(variable, constants),
    }
  }
  return { type, name: name!, shape: star ? 'pointer' : 'plain', size: 0 }
}

function declarations(body: string, constants: ReadonlyMap<string, number>): Declaration[] {
  return body
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => parseDeclaration(part, constants))
}

/** The annotations stand in the comment before each number, so they are read before comments are dropped. */
function parseProcedures(text: string): ProcedureNotes[] {
  const body = /enum\s+\w+_procedure\s*\{([\s\S]*?)\n\};/.exec(text)?.[1] ?? ''
  const procedures: ProcedureNotes[] = []
  for (const [, comment, name, number] of body.matchAll(/\/\*\*([\s\S]*?)\*\/\s*(\w+)\s*=\s*(\d+)/g)) {
    procedures.push({
      name: name!,
      number: Number(number),
      priority: /@priority:\s*high/.test(comment!) ? 'high' : 'low',
      acl: [...comment!.matchAll(/@acl:\s*(\S+)/g)].map((rule) => rule[1]!),
      stream: /@readstream/.test(comment!) ? 'read' : /@writestream/.test(comment!) ? 'write' : 'none',
    })
  }
  return procedures
}

/** Reads one `.x` file. `known` holds the constants of headers and of files read before; the file's own are added to it. */
export function parseProtocol(source: string, known: Map<string, number>): Protocol {
  const text = source.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/^%.*$/gm, '')
  const items: ProtocolItem[] = []
  const constants = new Map<string, number>()
  const pattern =
    /const\s+(\w+)\s*=\s*([^;]+);|typedef\s+([^;]+);|struct\s+(\w+)\s*\{([^}]*)\}\s*;|enum\s+(\w+)\s*\{([^}]*)\}\s*;|union\s+(\w+)\s+switch\s*\(int\s+\w+\)\s*\{([^}]*)\}\s*;/g
  let rest = text
  for (const match of text.matchAll(pattern)) {
    rest = rest.replace(match[0], '')
    const [, constant, value, typedef, struct, fields, enumName, members, unionName, arms] = match
    if (constant !== undefined) {
      const number = evaluate(value!, known)
      known.set(constant, number)
      constants.set(constant, number)
    } else if (typedef !== undefined) {
      items.push({ kind: 'typedef', declaration: parseDeclaration(typedef, known) })
    } else if (struct !== undefined) {
      items.push({ kind: 'struct', name: struct, fields: declarations(fields!, known) })
    } else if (enumName !== undefined) {
      const parsed = members!
        .split(',')
        .filter((member) => member.trim() !== '')
        .map((member): [string, number] => {
          const [name, number] = member.split('=')
          return [name!.trim(), evaluate(number!, known)]
        })
      for (const [name, number] of parsed) known.set(name, number)
      items.push({ kind: 'enum', name: enumName, members: parsed })
    } else {
      const cases = [...arms!.matchAll(/case\s+(\w+)\s*:\s*([^;]+);/g)]
      items.push({
        kind: 'union',
        name: unionName!,
        arms: cases.map(([, tag, declaration]) => {
          return { tag: tag!, number: evaluate(tag!, known), value: parseDeclaration(declaration!, known) }
        }),
      })
    }
  }
  if (rest.trim() !== '') throw new Error(`not understood in the protocol file: ${rest.trim().slice(0, 200)}`)
  return { items, constants, procedures: parseProcedures(source) }
}
