import { deleteTemplate } from '@altostack/api'
import { agentFailure, templateFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { countZones } from '../../zone/index.ts'
import {
  findStoreRef,
  removeTemplate,
  removeTemplateZone,
  virtualMachinesOf,
  zonesOfTemplate,
} from '../template.repository.ts'
import { moveDownload } from '../template.states.ts'
import { templateDeleteWorkflow } from '../workflows/template-delete.ts'

export const handler = defineHandler(deleteTemplate, {
  eventText: ({ entities }) => `deleting template ${entities.id.name}`,
  async submit({ tx, ctx, input, entities, now }) {
    const template = entities.id
    const users = await virtualMachinesOf(tx, template.id)
    if (users.length > 0 && input.forced !== true) {
      throw agentFailure('template.in-use', `Virtual machines were made from template ${template.name}`, {
        seen: users
          .slice(0, 5)
          .map((vm) => vm.name)
          .join(', '),
        fix: 'Delete them first, or use forced=true: their disks stay, and the copies below them too.',
        entities: users.map((vm) => ({ uuid: vm.uuid, description: 'VirtualMachine' })),
      })
    }
    if (entities.zoneid !== undefined && !(await leavesLastZone(tx, template, entities.zoneid.id, now))) {
      // Only the zone goes; there is nothing to clean up, and a run without work says so.
      return { workflow: templateDeleteWorkflow, input: { templateId: -1, templateUuid: ctx.runtime.uuid() } }
    }
    const ref = await findStoreRef(tx, template.id)
    if (ref !== undefined && ref.download_state !== 'ABANDONED') {
      await moveDownload(tx, ctx, template, ref, 'Abandon', { cause: 'template.delete' })
    }
    if (ref?.run_id !== undefined && ref.run_id !== null) {
      const { run_id } = ref
      if (await ctx.engine.cancel(tx, run_id)) ctx.afterCommit(() => ctx.engine.wake(run_id))
    }
    await removeTemplate(tx, template.id, now)
    return {
      workflow: templateDeleteWorkflow,
      input: { templateId: template.id, templateUuid: template.uuid },
      instance: { type: 'Template', id: template.id, uuid: template.uuid },
    }
  },
  result: async () => undefined,
})

/** True when the whole template goes: it was in no other zone. */
async function leavesLastZone(
  tx: Parameters<typeof findStoreRef>[0],
  template: { readonly id: number; readonly name: string; readonly cross_zones: number },
  zoneId: number,
  now: number,
): Promise<boolean> {
  if (template.cross_zones === 1) {
    if ((await countZones(tx)) === 1) return true
    throw templateFailure('template.zone', `Template ${template.name} is registered for all zones`, {
      fix: 'Leave zoneid out: it is deleted everywhere.',
    })
  }
  const refs = await zonesOfTemplate(tx, template.id)
  const here = refs.find((ref) => ref.zone_id === zoneId)
  if (here === undefined) throw templateFailure('template.zone', `Template ${template.name} is not in the zone`)
  if (refs.length === 1) return true
  await removeTemplateZone(tx, here.id, now)
  return false
}
