import { agentFailure, templateFailure } from '@altostack/core'
import type { Submission } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { abandonImage } from '../image-store/index.ts'
import { countZones } from '../zone/index.ts'
import { kindOf } from './image-kind.ts'
import {
  drivesWith,
  findStoreRef,
  removeTemplate,
  removeTemplateZone,
  type Template,
  virtualMachinesOf,
  zonesOfTemplate,
} from './template.repository.ts'
import { moveDownload } from './template.states.ts'
import { templateDeleteWorkflow } from './workflows/template-delete.ts'

/** Removes a template or ISO, everywhere or from one zone; the workflow takes its files away. Refused while in use. */
export async function beginDelete(
  tx: Tx,
  ctx: ServerContext,
  template: Template,
  options: { readonly zone: Row<'data_center'> | undefined; readonly forced: boolean; readonly now: number },
): Promise<Submission> {
  await refuseUsed(tx, template, options.forced)
  if (options.zone !== undefined && !(await leavesLastZone(tx, template, options.zone.id, options.now))) {
    // Only the zone goes; there is nothing to clean up, and a run without work says so.
    return { workflow: templateDeleteWorkflow, input: { templateId: -1, templateUuid: ctx.runtime.uuid() } }
  }
  const ref = await findStoreRef(tx, template.id)
  if (ref !== undefined && ref.download_state !== 'ABANDONED') {
    await moveDownload(tx, ctx, template, ref, 'Abandon', { cause: 'template.delete' })
  }
  if (ref !== undefined && ref.install_path !== null) {
    await abandonImage(tx, ctx, { storeId: ref.store_id, folder: 'images', name: ref.install_path })
  }
  if (ref?.run_id !== undefined && ref.run_id !== null) {
    const { run_id } = ref
    if (await ctx.engine.cancel(tx, run_id)) ctx.afterCommit(() => ctx.engine.wake(run_id))
  }
  await removeTemplate(tx, template.id, options.now)
  return {
    workflow: templateDeleteWorkflow,
    input: { templateId: template.id, templateUuid: template.uuid },
    instance: { type: kindOf(template) === 'ISO' ? 'Iso' : 'Template', id: template.id, uuid: template.uuid },
  }
}

async function refuseUsed(tx: Tx, template: Template, forced: boolean): Promise<void> {
  const iso = kindOf(template) === 'ISO'
  // A disc in a drive is read all the time: no force takes it away.
  const users = iso ? await drivesWith(tx, template.id) : forced ? [] : await virtualMachinesOf(tx, template.id)
  if (users.length === 0) return
  throw agentFailure(
    'template.in-use',
    iso
      ? `ISO ${template.name} is in the drive of virtual machines`
      : `Virtual machines were made from template ${template.name}`,
    {
      seen: users
        .slice(0, 5)
        .map((vm) => vm.name)
        .join(', '),
      fix: iso
        ? 'Take it out with detachIso first.'
        : 'Delete them first, or use forced=true: their disks stay, and the copies below them too.',
      entities: users.map((vm) => ({ uuid: vm.uuid, description: 'VirtualMachine' })),
    },
  )
}

/** True when the whole template goes: it was in no other zone. */
async function leavesLastZone(
  tx: Tx,
  template: { readonly id: number; readonly name: string; readonly cross_zones: number },
  zoneId: number,
  now: number,
): Promise<boolean> {
  if (template.cross_zones === 1) {
    if ((await countZones(tx)) === 1) return true
    throw templateFailure('template.zone', `${template.name} is registered for all zones`, {
      fix: 'Leave zoneid out: it is deleted everywhere.',
    })
  }
  const refs = await zonesOfTemplate(tx, template.id)
  const here = refs.find((ref) => ref.zone_id === zoneId)
  if (here === undefined) throw templateFailure('template.zone', `${template.name} is not in the zone`)
  if (refs.length === 1) return true
  await removeTemplateZone(tx, here.id, now)
  return false
}
