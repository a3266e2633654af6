import { defineCommand } from '../define-command.ts'

export const releaseDedicatedGuestVlanRange = defineCommand({
  name: 'releaseDedicatedGuestVlanRange',
  kind: 'async',
  roles: ['Admin'],
  event: 'GUESTVLANRANGE.RELEASE',
  since: '2.1.0',
  description: 'Takes a dedicated range back; networks keep the ids they have.',
  params: {
    id: { type: 'uuid', entity: 'GuestVlanRange', access: 'operate', required: true, description: 'Range.' },
  },
  response: 'success',
})
