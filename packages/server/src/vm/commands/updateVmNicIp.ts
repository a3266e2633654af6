import { updateVmNicIp } from '@altostack/api'
import { virtualMachineFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { claimAddress, findNetwork, releaseAddress, updateNic } from '../../network/index.ts'
import { vmOfNic } from '../nic-change.ts'
import { requireUnlocked } from '../vm.repository.ts'
import { requireVmState } from '../vm.states.ts'
import { vmView } from '../vm.view.ts'

export const handler = defineHandler(updateVmNicIp, {
  eventText: ({ entities }) => `changing the address of NIC ${entities.nicid.uuid}`,
  change: async ({ ctx, tx, input, entities }) => {
    const nic = entities.nicid
    const vm = await vmOfNic(tx, nic, 'changing the address of a NIC')
    requireVmState(vm, ['Stopped'], 'changing the address of a NIC')
    await requireUnlocked(tx, vm)
    const network = await findNetwork(tx, nic.network_id)
    if (network?.guest_type !== 'Shared') {
      throw virtualMachineFailure('virtual-machine.network', `Network ${network?.name} gives no addresses`, {
        entities: [{ uuid: nic.uuid, description: 'NIC' }],
      })
    }
    // The same address again is granted: it is the NIC's.
    if (input.ipaddress === undefined || input.ipaddress !== nic.ip4_address) {
      const claimed = await claimAddress(tx, ctx, {
        networkId: network.id,
        networkName: network.name,
        vmId: vm.id,
        nicUuid: nic.uuid,
        accountId: vm.account_id,
        domainId: vm.domain_id,
        requested: input.ipaddress,
      })
      if (nic.ip4_address !== null) await releaseAddress(tx, network.id, nic.uuid, nic.ip4_address)
      await updateNic(tx, nic.id, { ip4_address: claimed.public_ip_address })
    }
    return await vmView(tx, vm.id)
  },
})
