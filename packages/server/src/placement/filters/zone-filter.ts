import type { ClusterFilter } from './filter.ts'

/** Only the demanded zone, and only while it is enabled. */
export const zoneFilter: ClusterFilter = {
  name: 'zone',
  refuse: ({ demand, zone, cluster }) => {
    if (cluster.zoneId !== demand.zoneId) {
      return {
        filter: 'zone',
        seen: () => `is in zone ${zone?.name ?? cluster.zoneId}, another one than asked`,
        fix: 'Ask for its zone.',
      }
    }
    if (zone?.enabled === true || demand.allowDisabled) return undefined
    return {
      filter: 'zone',
      seen: () => `is in zone ${zone?.name ?? cluster.zoneId}, which is Disabled`,
      fix: 'Enable the zone with updateZone allocationstate=Enabled.',
    }
  },
}
