import { addNicToVirtualMachine } from '@altostack/api'
import { virtualMachineFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { allocateNic, freeDeviceId, nicsOf } from '../../network/index.ts'
import { submitNics } from '../nic-change.ts'
import { requireVmState } from '../vm.states.ts'
import { vmView } from '../vm.view.ts'
import { requireFreeHostName } from '../vm-name.ts'

/** As many as a domain has room for, and as many as CloudStack counts. */
const mostNics = 32

export const handler = defineHandler(addNicToVirtualMachine, {
  eventText: ({ entities }) =>
    `adding a NIC in ${entities.networkid.name} to Vm. Vm Id: ${entities.virtualmachineid.uuid}`,
  submit: async ({ ctx, tx, input, entities }) => {
    const { virtualmachineid: vm, networkid: network } = entities
    requireVmState(vm, ['Running', 'Stopped'], 'adding a NIC')
    const refuse = (why: string): Error =>
      virtualMachineFailure('virtual-machine.network', `${vm.name} gets no NIC in ${network.name}: ${why}`, {
        entities: [{ uuid: network.uuid, description: 'network' }],
      })
    if (network.data_center_id !== vm.data_center_id) throw refuse('the network is in another zone')
    if (network.traffic_type !== 'Guest') throw refuse('the network is not for guests')
    const nics = (await nicsOf(tx, [vm.id])).get(vm.id) ?? []
    if (nics.some((nic) => nic.network_id === network.id)) throw refuse('it has one there already')
    if (nics.length >= mostNics) throw refuse(`it has ${nics.length} already`)
    await requireFreeHostName(tx, vm.name, [network.id], vm.id)
    const nic = await allocateNic(tx, ctx, {
      vm,
      network,
      deviceId: freeDeviceId(nics),
      isDefault: nics.length === 0,
      ipAddress: input.ipaddress,
      macAddress: input.macaddress,
    })
    return submitNics(vm, { nicId: nic.id, change: 'plug' })
  },
  result: async ({ db, entities }) => vmView(db, entities.virtualmachineid.id),
})
