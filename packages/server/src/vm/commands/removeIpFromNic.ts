import { removeIpFromNic } from '@altostack/api'
import { Bug } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { findNic } from '../../network/index.ts'
import { submitNics, vmOfNic } from '../nic-change.ts'

export const handler = defineHandler(removeIpFromNic, {
  eventText: ({ entities }) => `removing address ${entities.id.ip4_address} from its NIC`,
  submit: async ({ tx, entities }) => {
    const address = entities.id
    const nic = await findNic(tx, address.nic_id)
    if (nic === undefined) throw new Bug('an address belongs to a NIC that is not there', { address: address.uuid })
    const vm = await vmOfNic(tx, nic, 'removing an address')
    return submitNics(vm, { nicId: nic.id, change: 'unassign', addressId: address.id })
  },
  result: async () => {},
})
