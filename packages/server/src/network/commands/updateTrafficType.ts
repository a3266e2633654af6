import { updateTrafficType } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { findPhysicalNetwork, trafficTypesOf, updateTrafficTypeRow } from '../physical-network.repository.ts'
import { trafficTypeView } from '../physical-network.view.ts'

export const handler = defineHandler(updateTrafficType, {
  eventText: ({ entities }) => `updating traffic type ${entities.id.traffic_type}`,
  async change({ tx, input, entities }) {
    const type = entities.id
    const label = (given: string | undefined, kept: string | null): string | null =>
      given === undefined ? kept : given === '' ? null : given
    await updateTrafficTypeRow(tx, type.id, {
      kvm_network_label: label(input.kvmnetworklabel, type.kvm_network_label),
      xenserver_network_label: label(input.xennetworklabel, type.xenserver_network_label),
      vmware_network_label: label(input.vmwarenetworklabel, type.vmware_network_label),
      hyperv_network_label: label(input.hypervnetworklabel, type.hyperv_network_label),
      ovm3_network_label: label(input.ovm3networklabel, type.ovm3_network_label),
    })
    const network = await findPhysicalNetwork(tx, type.physical_network_id)
    const updated = (await trafficTypesOf(tx, type.physical_network_id)).find((row) => row.id === type.id)
    return trafficTypeView(updated ?? type, network?.uuid ?? '')
  },
})
