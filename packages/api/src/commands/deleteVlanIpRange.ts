import { defineCommand } from '../define-command.ts'

export const deleteVlanIpRange = defineCommand({
  name: 'deleteVlanIpRange',
  kind: 'sync',
  roles: ['Admin'],
  event: 'VLAN.IP.RANGE.DELETE',
  since: '2.1.0',
  description: 'Deletes an address range of which no address is in use.',
  params: {
    id: { type: 'uuid', entity: 'VlanIpRange', access: 'operate', required: true, description: 'Range.' },
  },
  response: 'success',
})
