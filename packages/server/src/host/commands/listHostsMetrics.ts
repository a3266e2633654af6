import { hostResponse, listHostsMetrics } from '@altostack/api'
import { defineExtendedList } from '../../command/extended-list.ts'
import { gbText, passed, percentNumber, type Thresholds, thresholdsOf } from '../../stats/index.ts'
import { guestsOfHosts } from '../host-list.repository.ts'
import { handler as hosts } from './listHosts.ts'

export const handler = defineExtendedList(
  listHostsMetrics,
  { handler: hosts, response: hostResponse },
  async ({ ctx, db }, items) => {
    const guests = await guestsOfHosts(
      db,
      items.map((host) => host.id ?? ''),
    )
    const thresholds = new Map<number | undefined, Thresholds>()
    for (const { clusterId } of guests.values()) {
      if (!thresholds.has(clusterId)) thresholds.set(clusterId, await thresholdsOf(ctx, db, clusterId))
    }
    return items.map((host) => {
      const own = guests.get(host.id ?? '')
      const ghz = ((host.cpunumber ?? 0) * (host.cpuspeed ?? 0)) / 1000
      const cpu = percentNumber(host.cpuused)
      const allocated = percentNumber(host.cpuallocated)
      const share = (bytes: number | null | undefined): number | undefined =>
        bytes == null || !host.memorytotal ? undefined : bytes / host.memorytotal
      const limits = thresholds.get(own?.clusterId)
      return {
        ...host,
        instances: `${own?.running ?? 0} / ${own?.all ?? 0}`,
        systeminstances: '0 / 0',
        cputotalghz: ghzText(ghz),
        cpuusedghz: cpu === undefined ? undefined : ghzText((ghz * cpu) / 100),
        cpuallocatedghz: allocated === undefined ? undefined : ghzText((ghz * allocated) / 100),
        memorytotalgb: gbText(host.memorytotal ?? undefined),
        memoryusedgb: gbText(host.memoryused ?? undefined),
        memoryallocatedgb: gbText(host.memoryallocated ?? undefined),
        networkread: gbOfKib(host.networkkbsread),
        networkwrite: gbOfKib(host.networkkbswrite),
        ...(limits === undefined
          ? {}
          : passed(
              {
                cpu: cpu === undefined ? undefined : cpu / 100,
                cpuAllocated: allocated === undefined ? undefined : allocated / 100,
                memory: share(host.memoryused),
                memoryAllocated: share(host.memoryallocated),
              },
              limits,
            )),
      }
    })
  },
)

function ghzText(value: number): string {
  return `${value.toFixed(2)} Ghz`
}

function gbOfKib(kibs: number | null | undefined): string | undefined {
  return kibs == null ? undefined : gbText(kibs * 1024)
}
