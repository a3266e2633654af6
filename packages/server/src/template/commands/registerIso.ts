import { registerIso } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { firstZoneId } from '../../zone/index.ts'
import { registerNewTemplate } from '../template.service.ts'
import { templateViews } from '../template.view.ts'

export const handler = defineHandler(registerIso, {
  eventText: ({ input }) => `registering ISO ${input.name}`,
  eventResource: (_call, view) => ({ type: 'Iso', uuid: (view as { readonly id?: string }).id ?? null }),
  async change({ tx, ctx, caller, input, entities }) {
    if (!/\.iso(\.|$)/i.test(pathOf(input.url)))
      throw apiFailure('api.parameter', 'The url does not name an .iso file', {
        fix: 'Give the address of an ISO; other images are for registerTemplate and uploadVolume.',
      })
    const zone = entities.zoneid
    const iso = await registerNewTemplate(tx, ctx, caller, {
      name: input.name,
      displayText: input.displaytext,
      url: input.url.trim(),
      format: 'ISO',
      bootable: input.bootable !== false,
      passwordEnabled: input.passwordenabled === true,
      sshKeyEnabled: false,
      // Whatever guest has the drive: its own hypervisor counts.
      hypervisor: 'None',
      osType: entities.ostypeid,
      owner: await resolveOwner(tx, caller, input.account, entities.domainid),
      isPublic: input.ispublic === true,
      isFeatured: input.isfeatured === true,
      isExtractable: input.isextractable === true,
      dynamicallyScalable: input.isdynamicallyscalable === true,
      bits: 64,
      arch: input.arch ?? 'x86_64',
      tag: undefined,
      checksum: input.checksum,
      details: {},
      zones: zone === undefined ? [] : [zone],
    })
    const zoneId = zone?.id ?? (await firstZoneId(tx)) ?? null
    return (await templateViews(tx, caller, [{ templateId: iso.id, zoneId }]))[0] ?? {}
  },
})

function pathOf(url: string): string {
  return URL.canParse(url.trim()) ? new URL(url.trim()).pathname : url
}
