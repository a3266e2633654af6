import type { configurationResponse, ResponseValue } from '@altostack/api'
import type { SettingDefinition } from './setting-definition.ts'

export function settingView(
  definition: SettingDefinition,
  value: string | null,
): ResponseValue<typeof configurationResponse> {
  return {
    category: definition.category,
    group: definition.group ?? definition.category,
    subgroup: definition.subgroup ?? 'Others',
    name: definition.name,
    value,
    defaultvalue: definition.secret ? null : definition.default,
    scope: definition.scopes.join(','),
    description: definition.dynamic ? definition.description : `${definition.description} Holds after a restart.`,
    isdynamic: definition.dynamic,
    component: definition.name.startsWith('alto.') ? 'Altostack' : 'ManagementServer',
    displaytext: displayText(definition.name),
    type:
      definition.type === 'Long' || definition.type === 'Integer'
        ? 'Number'
        : definition.type === 'Double' || definition.type === 'Float'
          ? 'Decimal'
          : definition.type,
    options: definition.options?.join(','),
  }
}

/** `default.page.size` as people read it. */
function displayText(name: string): string {
  const words = name.split('.').join(' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
