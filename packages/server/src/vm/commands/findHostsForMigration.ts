import { findHostsForMigration } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { explainPlacement, loadSnapshot, planPlacement } from '../../placement/index.ts'
import { hasVmSnapshots, volumesOfVm } from '../../volume/index.ts'
import { hostForMigrationViews } from '../host-for-migration.view.ts'
import { vmDemand } from '../start-demand.ts'
import { requireVmState } from '../vm.states.ts'

/** Reasons that make a host no destination at all rather than an unsuitable one. */
const elsewhere = new Set(['avoid', 'zone', 'hypervisor', 'arch'])

export const handler = defineHandler(findHostsForMigration, {
  list: async ({ ctx, db, input, entities, page }) => {
    const { virtualmachineid: vm } = entities
    requireVmState(vm, ['Running'], 'finding hosts to migrate to')
    const snapshot = await loadSnapshot(db, ctx)
    const volumes = await volumesOfVm(db, vm.id)
    const disksMove = (await ctx.config.flag('enable.storage.migration', {}, db)) && !(await hasVmSnapshots(db, vm.id))
    const demand = await vmDemand(db, vm, {
      considerLastHost: false,
      allowDisabled: false,
      moving: true,
      ...(disksMove ? { movable: new Map() } : {}),
      avoid: new Map(vm.host_id === null ? [] : [[vm.host_id, 'runs the virtual machine already']]),
    })
    // Random order would tear pages apart.
    const result = planPlacement({ ...snapshot, algorithm: 'firstfit' }, demand, {
      random: () => 0,
      limit: Number.MAX_SAFE_INTEGER,
    })
    const motion = (host: { readonly pools: readonly number[] }): boolean =>
      volumes.some(({ pool_id }) => pool_id !== null && !host.pools.includes(pool_id))
    const suitable = result.candidates
      .map(({ host }) => ({ host, refusal: undefined, requiresStorageMotion: motion(host) }))
      .toSorted((a, b) => Number(a.requiresStorageMotion) - Number(b.requiresStorageMotion))
    const refused = result.refusals
      .filter(({ refusal }) => !elsewhere.has(refusal.filter))
      .map(({ host, refusal }) => ({ host, refusal, requiresStorageMotion: motion(host) }))
    const keyword = input.keyword?.toLowerCase()
    const found = [...suitable, ...refused].filter(
      ({ host }) => keyword === undefined || host.name.toLowerCase().includes(keyword),
    )
    const items = found.slice(page.offset, page.offset + page.limit)
    const explained = new Map(
      explainPlacement(snapshot, demand, Number.MAX_SAFE_INTEGER).map(({ host, refusals }) => [host.id, refusals]),
    )
    const judged = items.map((item) => ({
      ...item,
      refusals:
        item.refusal === undefined
          ? []
          : (explained.get(item.host.id) ?? [item.refusal]).map(({ filter, seen }) => `${filter}: ${seen()}`),
    }))
    return { count: found.length, items: await hostForMigrationViews(db, judged) }
  },
})
