import type { CallParams, ParamValue } from '../api/transport.ts'
import type { Command, Parameter, Row } from './contract-types.ts'
import { labelOf } from './labels.ts'

export type Control =
  | 'text'
  | 'longtext'
  | 'secret'
  | 'number'
  | 'boolean'
  | 'date'
  | 'choice'
  | 'entity'
  | 'entities'
  | 'list'
  | 'map'
  | 'storage'
  | 'image'
export type FormField = {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly required: boolean
  readonly control: Control
  readonly param: Parameter
  /** List command to choose an object from. */
  readonly from?: string
}
/** What a form holds while it is filled in; lists and maps as they are sent. */
export type FormValues = Readonly<Record<string, ParamValue>>

/** What people know in parts and the API takes as one text; a template that may be an ISO too. */
const ownControls: Readonly<Record<string, Control>> = {
  'createStoragePool.url': 'storage',
  'deployVirtualMachine.templateid': 'image',
}

const numbers = new Set(['integer', 'long', 'short', 'float', 'double'])

/** The fields of a command's form: what it takes here, what must be given first. */
export function formFields(command: Command, without: readonly string[] = []): readonly FormField[] {
  return command.params
    .filter((param) => param.unsupported === undefined && param.name !== 'dryrun' && !without.includes(param.name))
    .map((param) => {
      const from = listOf(param)
      return {
        name: param.name,
        label: labelOf(param.related ? param.name.replace(/(?<=.)ids?$/, '') : param.name),
        description: param.description,
        required: param.required,
        control: ownControls[`${command.name}.${param.name}`] ?? controlOf(param),
        param,
        ...(from ? { from } : {}),
      }
    })
    .sort((a, b) => Number(b.required) - Number(a.required) || place(a.name) - place(b.name))
}

/**
 * The list to choose from: of several that answer such objects the one that the parameter is named after, since templateid
 * takes an ISO too, and what finds places for volumes answers volumes.
 */
function listOf({ name, related }: Parameter): string | undefined {
  const lists = (related ?? '').split(',').filter((list) => list !== '')
  const named = `list${name.replace(/ids?$/, '')}s`
  return (
    lists.find((list) => list.toLowerCase() === named) ??
    lists.find((list) => list.startsWith('list') && !/Metrics$|History$/.test(list)) ??
    lists[0]
  )
}

/** Where something goes is asked from the outside in, and before the rest. */
const outsideIn = ['name', 'zoneid', 'podid', 'clusterid', 'hostid', 'url', 'username', 'password']
function place(name: string): number {
  const found = outsideIn.indexOf(name)
  return found === -1 ? outsideIn.length : found
}

function controlOf(param: Parameter): Control {
  if (param.type === 'map') return 'map'
  if (param.related) return param.type === 'list' ? 'entities' : 'entity'
  if (param.type === 'list') return 'list'
  if (param.type === 'boolean') return 'boolean'
  if (param.type === 'date') return 'date'
  if (numbers.has(param.type)) return 'number'
  if (param.values) return 'choice'
  if (param.sensitive || /password|secret/.test(param.name)) return 'secret'
  return param.length > 1024 ? 'longtext' : 'text'
}

/** Fields that hold something and are to be sent. */
export function sentValues(values: FormValues, before: FormValues = {}): CallParams {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => {
      if (value === undefined || value === null) return false
      if (Array.isArray(value) && value.length === 0) return false
      if (value === '' && before[name] === undefined) return false
      return value !== before[name]
    }),
  )
}

/** What an object has now for the fields of an update's form. */
export function currentValues(fields: readonly FormField[], row: Row): FormValues {
  return Object.fromEntries(
    fields.flatMap(({ name, control }) => {
      const value = row[name]
      const simple = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      return simple && control !== 'secret' && control !== 'date' ? [[name, value as ParamValue]] : []
    }),
  )
}

export function isComplete(fields: readonly FormField[], values: FormValues): boolean {
  return fields.every(({ name, required }) => {
    const value = values[name]
    return (
      !required ||
      (value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
    )
  })
}
