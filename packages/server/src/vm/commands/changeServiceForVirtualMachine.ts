import { changeServiceForVirtualMachine, mapEntries } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { changeOffering } from '../change-offering.ts'
import { vmView } from '../vm.view.ts'

export const handler = defineHandler(changeServiceForVirtualMachine, {
  change: async ({ ctx, tx, input, entities }) => {
    await changeOffering(tx, ctx, entities.id, entities.serviceofferingid, mapEntries(input.details))
    return await vmView(tx, entities.id.id)
  },
  eventText: ({ entities }) =>
    `upgrading Vm: ${entities.id.uuid} to service offering: ${entities.serviceofferingid.name}`,
})
