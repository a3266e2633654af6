import type { Headers } from './parse-headers.ts'
import type { Declaration, ProcedureNotes, Protocol, ProtocolItem } from './parse-protocol.ts'

export interface Program {
  readonly name: string
  /** The prefix of its types and procedures: `remote`, `qemu`, `lxc`. */
  readonly prefix: string
  readonly protocol: Protocol
}

const scalars: Record<string, [codec: string, type: string]> = {
  int: ['x.int', 'number'],
  unsigned: ['x.uint', 'number'],
  'unsigned int': ['x.uint', 'number'],
  hyper: ['x.hyper', 'bigint'],
  'unsigned hyper': ['x.uhyper', 'bigint'],
  double: ['x.double', 'number'],
  char: ['x.char', 'number'],
  'unsigned char': ['x.uchar', 'number'],
  short: ['x.short', 'number'],
  'unsigned short': ['x.ushort', 'number'],
}

export function camel(snake: string): string {
  return snake.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function pascal(snake: string): string {
  const name = camel(snake)
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** `remote_` is the protocol itself and says nothing; `vir` neither. */
function bareName(name: string): string {
  return name.replace(/^remote_/, '').replace(/^vir(?=[A-Z])/, '')
}

function codecName(name: string): string {
  const bare = camel(bareName(name))
  return bare.charAt(0).toLowerCase() + bare.slice(1)
}

/** Emits every type as a codec, and every struct and union as a TypeScript type. */
export function emitTypes(items: readonly ProtocolItem[]): string {
  const types = new Map<string, string>()
  const lines: string[] = []

  function codecOf(d: Declaration): [codec: string, type: string] {
    if (d.type === 'string') return [`x.string(${d.size})`, 'string']
    if (d.type === 'opaque') {
      return [d.shape === 'fixed' ? `x.fixedOpaque(${d.size})` : `x.opaque(${d.size})`, 'Uint8Array']
    }
    const named = types.get(d.type)
    const [codec, type] = scalars[d.type] ?? (named === undefined ? [] : [codecName(d.type), named])
    if (codec === undefined || type === undefined) throw new Error(`type ${d.type} is used before it is declared`)
    const element = type.includes('|') ? `(${type})` : type
    if (d.shape === 'fixed') return [`x.fixedArray(${codec}, ${d.size})`, `${element}[]`]
    if (d.shape === 'variable') return [`x.array(${codec}, ${d.size})`, `${element}[]`]
    if (d.shape === 'pointer') return [`x.nullable(${codec})`, `${type} | null`]
    return [codec, type]
  }

  for (const item of items) {
    if (item.kind === 'enum') {
      types.set(item.name, 'number')
      lines.push(`export const ${codecName(item.name)}: x.Codec<number> = x.int`)
    } else if (item.kind === 'typedef') {
      const { name } = item.declaration
      const isUuid = item.declaration.type === 'opaque' && /uuid$/i.test(name)
      const [codec, type] = isUuid ? ['x.uuid', 'string'] : codecOf(item.declaration)
      types.set(name, type)
      lines.push(`export const ${codecName(name)}: x.Codec<${type}> = ${codec}`)
    } else if (item.kind === 'struct') {
      const type = pascal(bareName(item.name))
      const fields = item.fields.map((field) => [camel(field.name), ...codecOf(field)] as const)
      types.set(item.name, type)
      lines.push(`export interface ${type} {`, ...fields.map(([name, , of]) => `  ${name}: ${of}`), '}')
      const members = fields.map(([name, codec]) => `  ${name}: ${codec},`)
      lines.push(`export const ${codecName(item.name)}: x.Codec<${type}> = x.struct<${type}>({`, ...members, '})')
    } else {
      const type = pascal(bareName(item.name))
      types.set(item.name, type)
      const prefix = commonPrefix(item.arms.map((arm) => arm.tag))
      const arms = item.arms.map((arm) => {
        const word = arm.tag.slice(prefix.length).toLowerCase()
        const [codec, of] = word === 'boolean' ? ['x.bool', 'boolean'] : codecOf(arm.value)
        return { word, codec, of, tag: arm.tag, number: arm.number }
      })
      lines.push(`export type ${type} =`, ...arms.map((arm) => `  | { type: '${arm.word}'; value: ${arm.of} }`))
      const members = arms.map((arm) => `  ${arm.word}: { tag: ${arm.number}, codec: ${arm.codec} }, // ${arm.tag}`)
      lines.push(`export const ${codecName(item.name)}: x.Codec<${type}> = x.union<${type}>({`, ...members, '})')
    }
  }
  return `import * as x from '../xdr/codec.ts'\n\n${lines.join('\n')}\n`
}

const readingPermissions = new Set(['getattr', 'read', 'read_secure', 'search_domains', 'search_networks'])

/** True when the daemon itself asks for no more than reading rights: the call changes nothing. */
function isReadOnly(notes: ProcedureNotes): boolean {
  const permissions = notes.acl.map((rule) => rule.split(':')[1] ?? '')
  return permissions.length > 0 && permissions.every((p) => readingPermissions.has(p) || p.startsWith('search_'))
}

/** Calls whose arguments or answer carry file descriptors, which Node's sockets cannot pass. */
const fdProcedures = /_WITH_FILES$|_OPEN_GRAPHICS(_FD)?$|_FD_ASSOCIATE$|^LXC_PROC_DOMAIN_OPEN_NAMESPACE$/

/** Emits the procedure table and the event table of all programs. Refuses a type of arguments that no procedure takes. */
export function emitProcedures(programs: readonly Program[]): string {
  const calls: string[] = []
  const callTypes: string[] = []
  const events: string[] = []
  const eventTypes: string[] = []
  const heads: string[] = []
  for (const { prefix, protocol } of programs) {
    const upper = prefix.toUpperCase()
    const id = protocol.constants.get(`${upper}_PROGRAM`)
    heads.push(
      `  ${prefix}: { id: 0x${id!.toString(16)}, version: ${protocol.constants.get(`${upper}_PROTOCOL_VERSION`)} },`,
    )
    const structs = new Set(protocol.items.flatMap((item) => (item.kind === 'struct' ? [item.name] : [])))
    const unused = new Set([...structs].filter((name) => /_(args|ret|msg)$/.test(name)))
    for (const notes of protocol.procedures) {
      const base = `${prefix}_${notes.name.slice(`${upper}_PROC_`.length).toLowerCase()}`
      const key = codecName(base)
      const take = (ending: string): string | undefined => {
        const name = `${base}_${ending}`
        unused.delete(name)
        return structs.has(name) ? name : undefined
      }
      const message = take('msg')
      if (message) {
        events.push(`  ${key}: { program: '${prefix}', number: ${notes.number}, message: t.${codecName(message)} },`)
        eventTypes.push(`  ${key}: t.${pascal(bareName(message))}`)
        continue
      }
      const [args, ret] = [take('args'), take('ret')]
      const type = (name: string | undefined): string => (name ? `t.${pascal(bareName(name))}` : 'void')
      const codec = (name: string | undefined): string => (name ? `t.${codecName(name)}` : 'nothing')
      const fields = [`name: '${key}', program: '${prefix}', number: ${notes.number}, priority: '${notes.priority}'`]
      fields.push(
        `stream: '${notes.stream}', readOnly: ${isReadOnly(notes)}, passesFds: ${fdProcedures.test(notes.name)}`,
      )
      fields.push(`args: ${codec(args)}, ret: ${codec(ret)}`)
      calls.push(`  ${key}: { ${fields.join(', ')} },`)
      callTypes.push(`  ${key}: { args: ${type(args)}; ret: ${type(ret)} }`)
    }
    // Some messages are shared between an old and a new event and nested in the newer one.
    for (const name of unused) {
      if (!name.endsWith('_msg')) throw new Error(`${name} belongs to no procedure`)
    }
  }
  return `import { nothing, type EventMessage, type Procedure } from '../rpc/procedure.ts'
import * as t from './types.ts'

export const programs = {
${heads.join('\n')}
} as const

export interface Procedures {
${callTypes.join('\n')}
}

export const procedures: { readonly [K in keyof Procedures]: Procedure<Procedures[K]['args'], Procedures[K]['ret']> } = {
${calls.join('\n')}
}

export interface EventMessages {
${eventTypes.join('\n')}
}

export const eventMessages: { readonly [K in keyof EventMessages]: EventMessage<EventMessages[K]> } = {
${events.join('\n')}
}
`
}

/** The words that all names begin with, cut at an underscore; a single name keeps its last word. */
function commonPrefix(names: readonly string[]): string {
  const words = names.map((name) => name.split('_').slice(0, -1))
  const first = words[0] ?? []
  let count = 0
  while (count < first.length && words.every((list) => list[count] === first[count])) count++
  return count === 0 ? '' : `${first.slice(0, count).join('_')}_`
}

/** Emits each public enum as a table without its prefix, `virDomainState` as `DomainState.RUNNING`. */
export function emitEnums(headers: Headers, names?: ReadonlySet<string>): string {
  const lines: string[] = []
  for (const { name, members } of headers.enums) {
    if (members.length === 0 || (names && !names.has(name))) continue
    // Warnings among the error codes, and a NONE for flags, would leave every member with too long a name.
    const telling = members.filter(([member]) => !/^VIR_WAR_|_NONE$/.test(member))
    const prefix = commonPrefix((telling.length > 0 ? telling : members).map(([member]) => member))
    const key = (member: string): string => {
      const bare = member.startsWith(prefix) ? member.slice(prefix.length) : member.replace(/^VIR_(\w+_(?=NONE$))?/, '')
      return /^\d/.test(bare) ? `'${bare}'` : bare
    }
    lines.push(`/** ${name}: ${prefix}* */`, `export const ${pascal(bareName(name))} = {`)
    lines.push(...members.map(([member, value]) => `  ${key(member)}: ${value},`), '} as const', '')
  }
  return lines.join('\n')
}

/** Emits the names of typed parameters and fields, which C gives as string macros, under their own names. */
export function emitStrings(headers: Headers): string {
  const lines = [...headers.strings].map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}`)
  return `${lines.join('\n')}\n`
}

export function emitConstants(constants: ReadonlyMap<string, number>, pattern: RegExp): string {
  const chosen = [...constants].filter(([name]) => pattern.test(name))
  return `${chosen.map(([name, value]) => `export const ${name} = ${value}`).join('\n')}\n`
}
