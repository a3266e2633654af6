import { attachIso } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireKind, requireUsable } from '../../template/index.ts'
import { requireZone } from '../../zone/index.ts'
import { submitCdrom } from '../cdrom-change.ts'
import { vmView } from '../vm.view.ts'

export const handler = defineHandler(attachIso, {
  eventText: ({ entities }) => `attaching ISO ${entities.id.name} to Vm ${entities.virtualmachineid.name}`,
  submit: async ({ tx, input, entities }) => {
    const { id: iso, virtualmachineid: vm } = entities
    requireKind(iso, 'ISO')
    await requireUsable(tx, iso, await requireZone(tx, vm.data_center_id))
    return submitCdrom(vm, { isoId: iso.id, force: input.forced === true, what: 'attaching an ISO' })
  },
  result: async ({ db, entities }) => vmView(db, entities.virtualmachineid.id),
})
