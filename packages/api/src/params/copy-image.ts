import type { Params } from '../define-command.ts'

/** Where a template or an ISO is to be available besides. */
export const copyImageParams = {
  sourcezoneid: {
    type: 'uuid',
    entity: 'Zone',
    access: 'use',
    absent: ['-1'],
    description: 'Zone it is in now; -1 for one that is in all.',
  },
  destzoneids: {
    type: 'list',
    items: 'uuid',
    entity: 'Zone',
    access: 'use',
    description: 'Zones it becomes available in; instead of destzoneid.',
  },
} as const satisfies Params
