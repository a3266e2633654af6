import { apiFailure } from '@altostack/core'
import type { SettingDefinition } from './setting-definition.ts'

/** The value as it is stored. Throws 431 that says what the setting takes. */
export function checkValue(definition: SettingDefinition, value: string): string {
  const trimmed = value.trim()
  const problem = problemOf(definition, trimmed)
  if (problem === undefined) return definition.type === 'Boolean' ? trimmed.toLowerCase() : trimmed
  throw apiFailure('api.parameter', `Invalid value for setting ${definition.name}: ${problem}`, {
    seen: definition.secret ? '' : trimmed.slice(0, 100),
    fix: `Give ${definition.name} a value that it takes; its default is ${definition.default ?? 'none'}.`,
  })
}

function problemOf(definition: SettingDefinition, value: string): string | undefined {
  switch (definition.type) {
    case 'Boolean':
      return /^(true|false)$/i.test(value) ? undefined : 'it is true or false'
    case 'Integer':
    case 'Long':
      return /^-?\d{1,15}$/.test(value) ? rangeProblem(definition, Number(value)) : 'it is a whole number'
    case 'Float':
    case 'Double':
      return /^-?(\d+\.?\d*|\.\d+)$/.test(value) ? rangeProblem(definition, Number(value)) : 'it is a number'
    case 'Select':
      return definition.options?.includes(value) === false ? `it is one of ${definition.options.join(', ')}` : undefined
    case 'CSV': {
      const wrong = value
        .split(',')
        .map((item) => item.trim())
        .find((item) => item !== '' && definition.options?.includes(item) === false)
      return wrong === undefined ? undefined : `${wrong} is not one of ${definition.options?.join(', ')}`
    }
    default:
      if (definition.format !== 'date' || value === '') return undefined
      return Number.isNaN(Date.parse(value)) ? 'it is a date such as 2026-01-31 or 2026-01-31T18:00:00Z' : undefined
  }
}

function rangeProblem({ min, max, name }: SettingDefinition, value: number): string | undefined {
  // CloudStack's thresholds and over-commit factors are shares and factors, which the table need not repeat.
  const low = min ?? (name.endsWith('threshold') ? 0 : undefined)
  const high = max ?? (name.endsWith('threshold') ? 1 : undefined)
  if (low !== undefined && value < low) return `it is at least ${low}`
  return high !== undefined && value > high ? `it is at most ${high}` : undefined
}
