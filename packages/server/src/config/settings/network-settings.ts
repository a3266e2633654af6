import { type SettingDefinition, setting } from '../setting-definition.ts'

/** Settings of guest networks. */
export const networkSettings: readonly SettingDefinition[] = [
  setting(
    'alto.vxlan.mode',
    'Select',
    'multicast',
    'How VXLANs flood: multicast (group 239.x.y.z of the id, as CloudStack does) or unicast (to each host of the zone, kept up to date). Guests take a change at their next start.',
    { scopes: ['Global', 'Zone'], options: ['multicast', 'unicast'] },
  ),
]
