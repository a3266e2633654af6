import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { mutatingMethod } from '../host-method.ts'
import { releaseReservations, reserve } from '../reservations.ts'
import { nicRefusals, refusalError } from '../vm-refusals.ts'

export const vmNics = mutatingMethod('vm.nics', {
  run: (context, { vm, nics }) =>
    context.guests(vm.instanceName, () => {
      const domain = context.hypervisor.domains.get(vm.instanceName)
      if (domain?.uuid !== vm.uuid) {
        throw hostRefusal(agentFailure('vm.absent', `No guest ${vm.instanceName} runs here`))
      }
      const [refusal] = nicRefusals(context, nics)
      if (refusal !== undefined) throw refusalError(refusal)
      const before = domain.spec.nics.map((nic) => nic.mac)
      const after = nics.map((nic) => nic.mac)
      domain.spec = { ...domain.spec, nics }
      const data = context.disk.guestData.get(vm.instanceName)
      releaseReservations(context, vm.instanceName)
      if (data !== undefined) context.disk.guestData.set(vm.instanceName, data)
      reserve(context, vm.instanceName, nics)
      context.hypervisor.touch()
      return {
        plugged: after.filter((mac) => !before.includes(mac)),
        unplugged: before.filter((mac) => !after.includes(mac)),
      }
    }),
  probe: () => ({ effect: 'absent' }),
})
