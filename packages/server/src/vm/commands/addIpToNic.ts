import { addIpToNic } from '@altostack/api'
import { virtualMachineFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import {
  claimAddress,
  findNetwork,
  findSecondaryAddress,
  insertSecondaryAddress,
  secondaryAddresses,
  secondaryAddressView,
} from '../../network/index.ts'
import { submitNics, vmOfNic } from '../nic-change.ts'

/** What a host holds a tap to, beside the primary address. */
const mostAddresses = 255

export const handler = defineHandler(addIpToNic, {
  eventText: ({ entities }) => `adding an address to NIC ${entities.nicid.uuid}`,
  submit: async ({ ctx, tx, input, entities, now }) => {
    const nic = entities.nicid
    const vm = await vmOfNic(tx, nic, 'adding an address')
    const network = await findNetwork(tx, nic.network_id)
    const refuse = (why: string): Error =>
      virtualMachineFailure('virtual-machine.network', `The NIC gets no other address: ${why}`, {
        entities: [{ uuid: nic.uuid, description: 'NIC' }],
      })
    if (network?.guest_type !== 'Shared') throw refuse(`network ${network?.name} gives no addresses`)
    const others = (await secondaryAddresses(tx, [vm.id])).filter((one) => one.nic_id === nic.id)
    if (others.length >= mostAddresses) throw refuse(`it has ${others.length} already`)
    const owner = { accountId: vm.account_id, domainId: vm.domain_id }
    const claimed = await claimAddress(tx, ctx, {
      networkId: network.id,
      networkName: network.name,
      vmId: vm.id,
      nicUuid: nic.uuid,
      ...owner,
      requested: input.ipaddress,
    })
    const address = await insertSecondaryAddress(tx, {
      uuid: ctx.runtime.uuid(),
      nic_id: nic.id,
      vm_id: vm.id,
      network_id: network.id,
      account_id: vm.account_id,
      domain_id: vm.domain_id,
      ip4_address: claimed.public_ip_address,
      description: input.description ?? null,
      created: now,
    })
    const submission = submitNics(vm, { nicId: nic.id, change: 'assign', addressId: address.id })
    return { ...submission, instance: { type: 'NicSecondaryIp', id: address.id, uuid: address.uuid } }
  },
  result: async ({ db, entities, output }) => {
    const { addressId } = output.apply as { readonly addressId: number }
    const address = await findSecondaryAddress(db, addressId)
    return address === undefined ? {} : await secondaryAddressView(db, address, entities.nicid.uuid)
  },
})
