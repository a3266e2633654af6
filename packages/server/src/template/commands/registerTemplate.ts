import { registerTemplate } from '@altostack/api'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { firstZoneId } from '../../zone/index.ts'
import { registerNewTemplate } from '../template.service.ts'
import { templateViews } from '../template.view.ts'

export const handler = defineHandler(registerTemplate, {
  eventText: ({ input }) => `creating template ${input.name}`,
  eventResource: (_call, view) => ({ type: 'Template', uuid: (view as { readonly id?: string }).id ?? null }),
  async change({ tx, ctx, caller, input, entities }) {
    const zones = entities.zoneid === undefined ? (entities.zoneids ?? []) : [entities.zoneid]
    const template = await registerNewTemplate(tx, ctx, caller, {
      name: input.name,
      displayText: input.displaytext,
      url: input.url.trim(),
      format: 'QCOW2',
      passwordEnabled: input.passwordenabled === true,
      sshKeyEnabled: input.sshkeyenabled === true,
      hypervisor: input.hypervisor,
      osType: entities.ostypeid,
      owner: await resolveOwner(tx, caller, input.account, entities.domainid),
      isPublic: input.ispublic === true,
      isFeatured: input.isfeatured === true,
      isExtractable: input.isextractable === true,
      dynamicallyScalable: input.isdynamicallyscalable === true,
      bits: input.bits ?? 64,
      arch: input.arch ?? 'x86_64',
      tag: input.templatetag,
      checksum: input.checksum,
      details: Object.assign({}, ...(input.details ?? []).map(detailOf)) as Record<string, string>,
      zones,
    })
    const zoneId = zones[0]?.id ?? (await firstZoneId(tx)) ?? null
    return (await templateViews(tx, caller, [{ templateId: template.id, zoneId }]))[0] ?? {}
  },
})

function detailOf(item: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { key, value } = item
  return key !== undefined && value !== undefined ? { [key]: value } : item
}
