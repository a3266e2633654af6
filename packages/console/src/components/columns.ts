import { ref } from 'vue'
import { isNumeric, isState } from '../contract/format.ts'
import type { Resource } from '../contract/resources.ts'

/** Which columns of a list are shown, kept in this browser. */
export function useColumns(resource: Resource) {
  const place = `altostack.columns.${resource.path}`
  const has = new Set(resource.fields.map((field) => field.name))
  const shown = ref<readonly string[]>(stored())

  function stored(): readonly string[] {
    try {
      const kept = JSON.parse(localStorage.getItem(place) ?? '[]') as readonly string[]
      const known = kept.filter((name) => has.has(name))
      return known.length > 0 ? known : resource.columns
    } catch {
      return resource.columns
    }
  }

  function choose(names: readonly string[] | undefined): void {
    shown.value = names && names.length > 0 ? names : resource.columns
    if (names === undefined) localStorage.removeItem(place)
    else localStorage.setItem(place, JSON.stringify(shown.value))
  }

  return { shown, choose }
}

/** Room for a column, its head at least; names and descriptions take what is left. */
export function widthOf(
  name: string,
  type: string,
  label: string,
  first: boolean,
): { readonly min: number; readonly grow: number } {
  const head = Math.round(label.length * 7.6) + 30
  if (first) return { min: 150, grow: 3 }
  if (type === 'date') return { min: 176, grow: 0.1 }
  if (/description|displaytext|subject/.test(name)) return { min: 200, grow: 4 }
  if (name === 'type') return { min: 160, grow: 0.5 }
  if (isState(name)) return { min: Math.max(132, head), grow: 0.5 }
  if (isNumeric(type) || type === 'boolean') return { min: Math.max(86, head), grow: 0.5 }
  return { min: Math.max(104, head), grow: 1 }
}
