import { findHostsForMigration } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { loadSnapshot, planPlacement } from '../../placement/index.ts'
import { hostForMigrationViews } from '../host-for-migration.view.ts'
import { vmDemand } from '../start-demand.ts'
import { requireVmState } from '../vm.states.ts'

/** Reasons that make a host no destination at all rather than an unsuitable one. */
const elsewhere = new Set(['avoid', 'zone', 'hypervisor', 'arch', 'cluster', 'pod'])

export const handler = defineHandler(findHostsForMigration, {
  list: async ({ ctx, db, input, entities, page }) => {
    const { virtualmachineid: vm } = entities
    requireVmState(vm, ['Running'], 'finding hosts to migrate to')
    const snapshot = await loadSnapshot(db, ctx)
    const demand = await vmDemand(db, vm, {
      considerLastHost: false,
      allowDisabled: false,
      moving: true,
      avoid: new Map(vm.host_id === null ? [] : [[vm.host_id, 'runs the virtual machine already']]),
    })
    // Random order would tear pages apart.
    const result = planPlacement({ ...snapshot, algorithm: 'firstfit' }, demand, {
      random: ctx.runtime.random,
      limit: Number.MAX_SAFE_INTEGER,
    })
    const suitable = result.candidates.map(({ host }) => ({ host, refusal: undefined }))
    const refused = result.refusals.filter(({ refusal }) => !elsewhere.has(refusal.filter))
    const keyword = input.keyword?.toLowerCase()
    const found = [...suitable, ...refused].filter(
      ({ host }) => keyword === undefined || host.name.toLowerCase().includes(keyword),
    )
    const items = found.slice(page.offset, page.offset + page.limit)
    return { count: found.length, items: await hostForMigrationViews(db, items) }
  },
})
