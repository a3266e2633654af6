import { dedicateGuestVlanRange } from '@altostack/api'
import { apiFailure, infrastructureFailure } from '@altostack/core'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { inRanges, isolationOf, readRanges } from '../broadcast-uri.ts'
import { dedicatedRangesOf, insertDedicatedRange } from '../dedicated-range.repository.ts'
import { guestVlanRangeViews } from '../guest-vlan.view.ts'
import { requireVlanRanges } from '../physical-network.service.ts'
import { vnetsOf } from '../vnet.repository.ts'

export const handler = defineHandler(dedicateGuestVlanRange, {
  eventText: ({ input }) => `dedicating ${input.vlanrange} to account ${input.account}`,
  async change({ tx, ctx, caller, input, entities, now }) {
    const physical = entities.physicalnetworkid
    const owner = await resolveOwner(tx, caller, input.account, entities.domainid)
    const [range, ...more] = readRanges(requireVlanRanges(input.vlanrange, isolationOf(physical)))
    if (range === undefined || more.length > 0) {
      throw apiFailure('api.parameter', `vlanrange is one range such as 100-110, not ${input.vlanrange}`)
    }
    const ranges = readRanges(physical.vnet)
    if (!ranges.some((one) => range.first >= one.first && range.last <= one.last)) {
      throw infrastructureFailure('network.vlan', `${input.vlanrange} is not inside the ranges of ${physical.name}`, {
        seen: `ranges: ${physical.vnet ?? 'none'}`,
      })
    }
    const clash = (await dedicatedRangesOf(tx, physical.id)).find(
      (other) => range.first <= other.last && range.last >= other.first,
    )
    if (clash !== undefined) {
      throw infrastructureFailure(
        'network.range-overlap',
        `${input.vlanrange} overlaps the dedicated range ${clash.first}-${clash.last}`,
        { entities: [{ uuid: clash.uuid, description: 'dedicated range' }] },
      )
    }
    const used = (await vnetsOf(tx, physical.id)).filter(
      (vnet) => inRanges([range], vnet.number) && vnet.account_id !== owner.accountId,
    )
    if (used.length > 0) {
      throw infrastructureFailure(
        'network.vlan-in-use',
        `Networks of other accounts have ${used.length} ids of ${input.vlanrange}`,
        {
          seen: used
            .slice(0, 5)
            .map((vnet) => vnet.vnet)
            .join(', '),
        },
      )
    }
    const row = await insertDedicatedRange(tx, {
      uuid: ctx.runtime.uuid(),
      physical_network_id: physical.id,
      account_id: owner.accountId,
      domain_id: owner.domainId,
      first: range.first,
      last: range.last,
      created: now,
    })
    return (await guestVlanRangeViews(tx, [row]))[0] ?? {}
  },
})
