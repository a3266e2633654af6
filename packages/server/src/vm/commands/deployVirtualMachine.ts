import { deployVirtualMachine } from '@altostack/api'
import { Bug } from '@altostack/core'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { createVm } from '../create-vm.ts'
import { deployDemand } from '../deploy-demand.ts'
import { readDeploy } from '../deploy-request.ts'
import { waitingPassword } from '../guest-choices.ts'
import { placementPlan } from '../placement-plan.ts'
import { vmLock } from '../vm.repository.ts'
import { moveVm } from '../vm.states.ts'
import { vmView } from '../vm.view.ts'
import { vmCreateWorkflow } from '../workflows/vm-create.ts'
import { vmStartWorkflow } from '../workflows/vm-start.ts'

export const handler = defineHandler(deployVirtualMachine, {
  submit: async (call) => {
    const { ctx, tx, caller, input, entities } = call
    const request = await readDeploy(tx, call)
    const vm = await createVm(tx, ctx, caller, request, {
      displayName: input.displayname,
      group: input.group === '' ? undefined : input.group,
      displayVm: isRootAdmin(caller) ? (input.displayvm ?? true) : true,
      dynamicallyScalable: input.dynamicscalingenabled,
      customId: input.customid,
    })
    const common = {
      lockKey: vmLock(vm.id),
      instance: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
      owner: { accountId: vm.account_id, domainId: vm.domain_id },
    }
    if (input.startvm === false) return { ...common, workflow: vmCreateWorkflow, input: { vmId: vm.id } }
    await moveVm(tx, ctx, vm, 'StartRequested', { cause: 'vm.deploy' })
    return {
      ...common,
      workflow: vmStartWorkflow,
      input: {
        vmId: vm.id,
        first: true,
        podId: entities.podid?.id,
        clusterId: entities.clusterid?.id,
        hostId: entities.hostid?.id,
        considerLastHost: false,
        allowDisabled: request.allowDisabled,
      },
    }
  },
  plan: async (call) => {
    const { ctx, tx, input, entities } = call
    const request = await readDeploy(tx, call)
    if (input.startvm === false) return { steps: vmCreateWorkflow.steps.map((step) => step.name) }
    const place = { podId: entities.podid?.id, clusterId: entities.clusterid?.id, hostId: entities.hostid?.id }
    return placementPlan(tx, ctx, deployDemand(request, place), vmStartWorkflow, call.caller)
  },
  result: async ({ ctx, db, output }) => {
    const made = (output.reserve ?? output.record) as { readonly vmId?: number } | undefined
    if (made?.vmId === undefined) throw new Bug('a deploy ended without its virtual machine')
    const password = await waitingPassword(db, ctx, made.vmId)
    return { ...(await vmView(db, made.vmId)), ...(password === undefined ? {} : { password }) }
  },
  eventText: ({ entities }) => `creating Vm. Service offering: ${entities.serviceofferingid.name}`,
})
