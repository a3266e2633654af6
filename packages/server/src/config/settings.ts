import { Bug } from '@altostack/core'
import type { SettingDefinition } from './setting-definition.ts'
import { cloudSettings } from './settings/cloud-settings.ts'
import { hostSettings } from './settings/host-settings.ts'
import { kernelSettings } from './settings/kernel-settings.ts'
import { networkSettings } from './settings/network-settings.ts'
import { resourceSettings } from './settings/resource-settings.ts'
import { statSettings } from './settings/stat-settings.ts'
import { templateSettings } from './settings/template-settings.ts'
import { vmSettings } from './settings/vm-settings.ts'

/** Every setting of this server. An area adds its own table in `settings/` and its line here. */
export const settings: readonly SettingDefinition[] = [
  ...cloudSettings,
  ...hostSettings,
  ...kernelSettings,
  ...networkSettings,
  ...resourceSettings,
  ...statSettings,
  ...templateSettings,
  ...vmSettings,
]

const byName = new Map(settings.map((definition) => [definition.name, definition]))
if (byName.size !== settings.length) throw new Bug('two settings have the same name')

export function findSetting(name: string): SettingDefinition | undefined {
  return byName.get(name)
}

/** Throws Bug for a name that no table declares: code never invents settings. */
export function settingDefinition(name: string): SettingDefinition {
  const definition = byName.get(name)
  if (!definition) throw new Bug(`no setting is called ${name}; declare it in config/settings/`)
  return definition
}
