import { detachIso } from '@altostack/api'
import { virtualMachineFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireKind } from '../../template/index.ts'
import { submitCdrom } from '../cdrom-change.ts'
import { vmView } from '../vm.view.ts'

export const handler = defineHandler(detachIso, {
  eventText: ({ entities }) => `detaching the ISO of Vm ${entities.virtualmachineid.name}`,
  submit: async ({ input, entities }) => {
    const { id: iso, virtualmachineid: vm } = entities
    if (iso !== undefined) requireKind(iso, 'ISO')
    if (vm.iso_id === null || (iso !== undefined && iso.id !== vm.iso_id)) {
      throw virtualMachineFailure(
        'virtual-machine.no-iso',
        iso === undefined
          ? `The specified VM has no ISO attached to it: ${vm.name}`
          : `ISO ${iso.name} is not in the drive of ${vm.name}`,
        { entities: [{ uuid: vm.uuid, description: 'virtual machine' }] },
      )
    }
    return submitCdrom(vm, { isoId: null, force: input.forced === true, what: 'detaching an ISO' })
  },
  result: async ({ db, entities }) => vmView(db, entities.virtualmachineid.id),
})
