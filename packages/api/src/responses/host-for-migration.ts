import { defineResponse } from '../define-response.ts'
import { hostFields } from './host-fields.ts'

export const hostForMigrationResponse = defineResponse({
  name: 'HostForMigrationResponse',
  fields: {
    requiresStorageMotion: { type: 'boolean', description: 'Whether disks would have to move too.' },
    ...hostFields,
    refusals: {
      type: 'list',
      since: '0.1.0',
      extension: true,
      description: 'Why it does not fit, filter by filter; empty where it fits.',
    },
  },
})
