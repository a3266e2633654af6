import type { AltoError } from '@altostack/core'
import type { CommandDefinition, Input, Param, ParamValues, RoleType } from '../define-command.ts'
import { commonParams, takesDryrun } from './common-params.ts'
import {
  entityNotFound,
  invalidParameter,
  malformedMap,
  missingParameter,
  unsupportedParameter,
} from './parameter-errors.ts'
import { parseDate } from './parse-date.ts'
import { type Pair, printable } from './parse-form.ts'
import { type MapItem, readMap } from './parse-map.ts'

export type ParsedInput<C extends CommandDefinition> = {
  readonly input: Input<C>
  /** Answer the plan only; always false where the command changes nothing. */
  readonly dryrun: boolean
  /** Names that the command does not declare (for this caller): ignored, for the log. */
  readonly ignored: readonly string[]
}

type Value = ParamValues[keyof ParamValues]

/**
 * Reads the parameters of a command: names without case, first of duplicates wins, an empty one is absent except for
 * strings and lists. Throws 431 (missing, bad, too long, not done by this version) or 430 (map). Entities are only
 * checked for form here; the server loads them.
 */
export function parseInput<C extends CommandDefinition>(
  definition: C,
  pairs: readonly Pair[],
  role: RoleType,
): ParsedInput<C> {
  const sent = group(pairs)
  const input: Record<string, Value> = {}
  for (const [name, param] of Object.entries(definition.params)) {
    if (param.roles && !param.roles.includes(role)) continue
    const raw = sent.get(name.toLowerCase())
    sent.delete(name.toLowerCase())
    const value = raw === undefined ? undefined : readParam({ command: definition.name, name, param }, raw)
    if (value !== undefined) input[name] = value
    else if (param.required) throw missingParameter(definition.name, name)
  }
  const dryrun = takesDryrun(definition) && sent.get('dryrun')?.plain?.toLowerCase() === 'true'
  return {
    input: input as Input<C>,
    dryrun,
    ignored: [...sent.entries()].filter(([name]) => !commonParams.has(name)).map(([, { spelt }]) => spelt),
  }
}

/** What was sent under one name: a plain value, the fields of a map, or (an error for both kinds) a mixture. */
type Sent = { readonly spelt: string; plain?: string; readonly parts: [suffix: string, value: string][] }

function group(pairs: readonly Pair[]): Map<string, Sent> {
  const names = new Map<string, Sent>()
  for (const [spelt, value] of pairs) {
    const bracket = spelt.indexOf('[')
    const name = (bracket > 0 ? spelt.slice(0, bracket) : spelt).toLowerCase()
    const entry: Sent = names.get(name) ?? { spelt: bracket > 0 ? spelt.slice(0, bracket) : spelt, parts: [] }
    if (bracket > 0) entry.parts.push([spelt.slice(bracket), value])
    else entry.plain ??= value
    names.set(name, entry)
  }
  return names
}

type Place = { readonly command: string; readonly name: string; readonly param: Param }

function readParam(place: Place, sent: Sent): Value | undefined {
  const { command, name, param } = place
  if (param.type === 'map') {
    if (sent.plain) throw malformedMap(command, name, `write each field as ${name}[index].field=value`)
    const items = readMap(command, name, sent.parts, param.fields)
    if (param.unsupported) {
      if (items.some((item) => Object.values(item).some((value) => value !== ''))) throw refusal(place)
      return undefined
    }
    checkMap(place, items)
    return items.length === 0 ? undefined : items
  }
  const text = sent.plain
  if (text === undefined) return undefined
  checkText(place, text)
  if (param.unsupported) {
    if (text !== '' && !param.unsupported.accepts?.some((value) => sameText(value, text))) throw refusal(place)
    return undefined
  }
  if (param.absent?.includes(text.trim())) return undefined
  if (text === '' && (param.required || !keepsEmpty(param))) return undefined
  if (param.values && param.type === 'string') return oneOf(place, text)
  return readers[param.type](place, text)
}

function refusal({ command, name, param }: Place): AltoError {
  return unsupportedParameter(command, name, param.unsupported?.reason ?? '')
}

/** An empty string clears a field, an empty list clears a list; an empty number or id says nothing. */
function keepsEmpty(param: Param): boolean {
  return (param.type === 'string' && param.values === undefined) || param.type === 'list'
}

const maxDefault = 255
const maxListLength = 65_536
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that no value may hold
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

function checkText({ command, name, param }: Place, text: string): void {
  const limit = param.maxLength ?? (param.type === 'list' ? maxListLength : maxDefault)
  if (text.length > limit) {
    throw invalidParameter(command, name, `it is longer than ${limit} characters`, `Shorten ${name}.`)
  }
  if (controls.test(text)) throw invalidParameter(command, name, 'it holds control characters')
}

function checkMap({ command, name, param }: Place, items: readonly MapItem[]): void {
  for (const value of items.flatMap((item) => Object.values(item))) {
    if (value.length > (param.maxLength ?? 5120))
      throw invalidParameter(command, name, 'a field is longer than 5120 characters')
    if (controls.test(value)) throw invalidParameter(command, name, 'a field holds control characters')
  }
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function oneOf({ command, name, param }: Place, text: string): string {
  const found = param.values?.find((value) => sameText(value, text))
  if (found === undefined) {
    throw invalidParameter(command, name, `${printable(text)} is not one of ${param.values?.join(', ')}`)
  }
  return found
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function readUuid({ command, name }: Place, text: string): string {
  const trimmed = text.trim()
  if (!uuidForm.test(trimmed)) throw entityNotFound(command, name, text)
  return trimmed.toLowerCase()
}

function readWhole(low: number, high: number): (place: Place, text: string) => number {
  return ({ command, name, param }, text) => {
    const number = /^\s*[+-]?\d{1,16}\s*$/.test(text) ? Number(text) : Number.NaN
    const [min, max] = [param.min ?? low, param.max ?? high]
    if (!(number >= min && number <= max)) {
      throw invalidParameter(command, name, `${printable(text)} is not a whole number from ${min} to ${max}`)
    }
    return number === 0 ? 0 : number
  }
}

function readReal({ command, name, param }: Place, text: string): number {
  const number = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i.test(text) ? Number(text) : Number.NaN
  if (!Number.isFinite(number)) throw invalidParameter(command, name, `${printable(text)} is not a number`)
  const [min, max] = [param.min ?? -Number.MAX_VALUE, param.max ?? Number.MAX_VALUE]
  if (number < min || number > max) {
    throw invalidParameter(command, name, `${printable(text)} is not between ${min} and ${max}`)
  }
  return number
}

function readDate({ command, name }: Place, text: string): number {
  const milliseconds = parseDate(text.trim(), name === 'enddate')
  if (milliseconds === undefined) {
    throw invalidParameter(
      command,
      name,
      `${printable(text)} is not a date`,
      'Write yyyy-MM-dd, yyyy-MM-dd HH:mm:ss or an ISO form such as 2026-01-31T12:00:00+0000.',
    )
  }
  return milliseconds
}

function readList(place: Place, text: string): readonly string[] {
  const { command, name, param } = place
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  for (const item of items) {
    if (item.length > maxDefault)
      throw invalidParameter(command, name, `an item is longer than ${maxDefault} characters`)
  }
  const list = param.items === 'uuid' ? items.map((item) => readUuid(place, item)) : items
  return param.values ? list.map((item) => oneOf(place, item)) : list
}

const readers: { readonly [T in Exclude<Param['type'], 'map'>]: (place: Place, text: string) => Value } = {
  uuid: readUuid,
  string: (_, text) => text,
  short: readWhole(-32_768, 32_767),
  integer: readWhole(-2_147_483_648, 2_147_483_647),
  long: readWhole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  float: readReal,
  double: readReal,
  boolean: (_, text) => sameText(text.trim(), 'true'),
  date: readDate,
  list: readList,
}

/**
 * A map parameter as one record: items `{key, value}` become an entry, all other fields are entries themselves. Later
 * items win. This is how `details[0].key=a&details[0].value=b` and `details[0].a=b` come to the same.
 */
export function mapEntries(items: readonly MapItem[] | undefined): Readonly<Record<string, string>> {
  const entries = new Map<string, string>()
  for (const item of items ?? []) {
    const { key, value } = item
    if (key !== undefined && value !== undefined && Object.keys(item).length === 2) entries.set(key, value)
    else for (const [field, text] of Object.entries(item)) entries.set(field, text)
  }
  return Object.fromEntries(entries)
}
