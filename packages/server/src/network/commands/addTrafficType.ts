import { addTrafficType } from '@altostack/api'
import { Bug, infrastructureFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { insertTrafficType, trafficTypesOf } from '../physical-network.repository.ts'
import { requireTrafficType } from '../physical-network.service.ts'
import { trafficTypeView } from '../physical-network.view.ts'

export const handler = defineHandler(addTrafficType, {
  eventText: ({ input, entities }) => `adding traffic type ${input.traffictype} to ${entities.physicalnetworkid.name}`,
  async change({ tx, ctx, input, entities, now }) {
    const network = entities.physicalnetworkid
    const trafficType = requireTrafficType(input.traffictype)
    const present = await trafficTypesOf(tx, network.id)
    if (present.some((type) => type.traffic_type === trafficType)) {
      throw infrastructureFailure(
        'infrastructure.name-taken',
        `Physical network ${network.name} carries ${trafficType} traffic already`,
        { entities: [{ uuid: network.uuid, description: 'physical network' }] },
      )
    }
    const id = await insertTrafficType(tx, {
      uuid: ctx.runtime.uuid(),
      physical_network_id: network.id,
      traffic_type: trafficType,
      kvm_network_label: input.kvmnetworklabel ?? null,
      xenserver_network_label: input.xennetworklabel ?? null,
      vmware_network_label: input.vmwarenetworklabel ?? null,
      hyperv_network_label: input.hypervnetworklabel ?? null,
      ovm3_network_label: input.ovm3networklabel ?? null,
      created: now,
    })
    const added = (await trafficTypesOf(tx, network.id)).find((type) => type.id === id)
    if (!added) throw new Bug('the traffic type just written is not there')
    return trafficTypeView(added, network.uuid)
  },
})
