import { malformedMap } from './parameter-errors.ts'
import { printable } from './parse-form.ts'

/** The fields of one index. */
export type MapItem = Readonly<Record<string, string>>

const suffixForm = /^\[(\d{1,4})\]\.(.{1,255})$/s
const maxItems = 512

/**
 * Reads `[i].field` suffixes into items in the order of their indexes (gaps are allowed). Field names keep their case,
 * except that declared ones take the declared spelling. Throws 430 for another form or a missing required field.
 */
export function readMap(
  command: string,
  name: string,
  parts: readonly (readonly [suffix: string, value: string])[],
  fields: Readonly<Record<string, boolean>> | undefined,
): readonly MapItem[] {
  const items = new Map<number, Map<string, string>>()
  for (const [suffix, value] of parts) {
    const match = suffixForm.exec(suffix)
    if (!match) throw malformedMap(command, name, `${printable(name + suffix)} is not ${name}[index].field`)
    const index = Number(match[1])
    const item = items.get(index) ?? new Map<string, string>()
    const field = declaredSpelling(match[2] as string, fields)
    if (!item.has(field)) item.set(field, value)
    items.set(index, item)
  }
  if (items.size > maxItems) throw malformedMap(command, name, `it has more than ${maxItems} items`)
  return [...items.entries()]
    .sort(([a], [b]) => a - b)
    .map(([index, item]) => {
      for (const [field, required] of Object.entries(fields ?? {})) {
        if (required && !item.has(field)) throw malformedMap(command, name, `${name}[${index}].${field} is missing`)
      }
      return Object.fromEntries(item)
    })
}

function declaredSpelling(sent: string, fields: Readonly<Record<string, boolean>> | undefined): string {
  if (!fields) return sent
  const lower = sent.toLowerCase()
  return Object.keys(fields).find((field) => field.toLowerCase() === lower) ?? sent
}
