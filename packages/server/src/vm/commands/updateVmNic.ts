import { updateVmNic } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { nicViews } from '../../network/index.ts'
import { submitNics, vmOfNic } from '../nic-change.ts'

export const handler = defineHandler(updateVmNic, {
  eventText: ({ input, entities }) =>
    `setting the link of NIC ${entities.nicid.uuid} ${input.enabled === false ? 'down' : 'up'}`,
  submit: async ({ tx, input, entities }) => {
    const nic = entities.nicid
    const vm = await vmOfNic(tx, nic, 'setting the link of a NIC')
    return submitNics(vm, { nicId: nic.id, change: 'link', up: input.enabled ?? nic.enabled === 1 })
  },
  result: async ({ db, entities }) => {
    const nic = entities.nicid
    const views = (await nicViews(db, [nic.instance_id])).get(nic.instance_id) ?? []
    return views.find((view) => view.id === nic.uuid) ?? {}
  },
})
