import { updateVlanIpRange } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { changeIpRange, findIpRange } from '../ip-range.repository.ts'
import { requireRangeChange } from '../ip-range.service.ts'
import { ipRangeViews } from '../ip-range.view.ts'

export const handler = defineHandler(updateVlanIpRange, {
  eventText: ({ entities }) => `updating addresses ${entities.id.description}`,
  async change({ tx, ctx, input, entities }) {
    const range = entities.id
    const { gateway, netmask, startip, endip } = input
    const changed = await requireRangeChange(tx, range, { gateway, netmask, startip, endip })
    await changeIpRange(tx, ctx, range, changed)
    const updated = await findIpRange(tx, range.id)
    return (await ipRangeViews(tx, updated ? [updated] : []))[0] ?? {}
  },
})
