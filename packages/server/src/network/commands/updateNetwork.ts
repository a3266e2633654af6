import { updateNetwork } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { findNetwork } from '../network.repository.ts'
import { networkViews } from '../network.view.ts'
import { changeNetwork } from '../network-change.ts'

export const handler = defineHandler(updateNetwork, {
  eventText: ({ entities }) => `updating network ${entities.id.name}`,
  async change({ tx, caller, input, entities }) {
    const network = entities.id
    await changeNetwork(tx, caller, network, {
      name: input.name,
      displaytext: input.displaytext,
      networkdomain: input.networkdomain,
      offering: entities.networkofferingid,
      displaynetwork: input.displaynetwork,
      privatemtu: input.privatemtu,
      dns1: input.dns1,
      dns2: input.dns2,
      customid: input.customid,
    })
    const updated = await findNetwork(tx, network.id)
    return (await networkViews(tx, updated ? [updated] : []))[0] ?? {}
  },
})
