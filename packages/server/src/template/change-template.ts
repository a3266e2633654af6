import { type Input, mapEntries, type updateIso, type updateTemplate } from '@altostack/api'
import { apiFailure, templateFailure } from '@altostack/core'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { Row, Tx } from '../db/database.ts'
import type { Template } from './template.repository.ts'

type Change = Omit<Input<typeof updateIso>, 'id' | 'format' | 'ostypeid'> &
  Partial<Pick<Input<typeof updateTemplate>, 'templatetag'>>

/** Writes what is said about a template or ISO. Throws 431 or 531 for what does not go together or may not be done. */
export async function changeTemplate(
  tx: Tx,
  caller: Caller,
  template: Template,
  osType: Row<'guest_os'> | undefined,
  input: Change,
): Promise<void> {
  if (input.details !== undefined && input.cleanupdetails === true) {
    throw apiFailure('api.parameter', 'details and cleanupdetails cannot be used together')
  }
  if (input.forceupdateostype === true && osType === undefined) {
    throw apiFailure('api.parameter', 'forceupdateostype needs ostypeid')
  }
  if (input.templatetag !== undefined && !isRootAdmin(caller)) {
    throw templateFailure('template.public', 'Only a root administrator sets templatetag')
  }
  if (input.name?.trim() === '') throw apiFailure('api.parameter', 'name must not be empty')
  const flag = (value: boolean | undefined): 0 | 1 | undefined => (value === undefined ? undefined : value ? 1 : 0)
  const set = {
    name: input.name,
    display_text: input.displaytext,
    bootable: flag(input.bootable),
    enable_password: flag(input.passwordenabled),
    enable_sshkey: flag(input.sshkeyenabled),
    dynamically_scalable: flag(input.isdynamicallyscalable),
    guest_os_id: osType?.id,
    sort_key: input.sortkey,
    arch: input.arch,
    ...(input.templatetag === undefined ? {} : { template_tag: input.templatetag.trim() || null }),
  }
  const given = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined))
  if (Object.keys(given).length > 0) {
    await tx.updateTable('vm_template').set(given).where('id', '=', template.id).execute()
  }
  if (input.forceupdateostype === true && osType !== undefined) {
    await tx
      .updateTable('vm_instance')
      .set({ guest_os_id: osType.id })
      .where('vm_template_id', '=', template.id)
      .where('removed', 'is', null)
      .execute()
  }
  if (input.details === undefined && input.cleanupdetails !== true) return
  await tx.deleteFrom('vm_template_details').where('template_id', '=', template.id).execute()
  for (const [name, value] of Object.entries(mapEntries(input.details))) {
    await tx.insertInto('vm_template_details').values({ template_id: template.id, name, value }).execute()
  }
}
