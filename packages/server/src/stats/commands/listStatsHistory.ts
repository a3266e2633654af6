import { listStatsHistory } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { capacityTrends } from '../capacity-trend.ts'
import { numericFields } from '../history-fields.ts'
import { historyRange } from '../object-history.ts'
import type { SeriesKind } from '../series.ts'

const hourMs = 3_600_000
const weekMs = 7 * 24 * hourMs

type Subject = {
  readonly kind: SeriesKind
  readonly resourcetype: string
  readonly row: { readonly id: number; readonly uuid: string; readonly name: string | null }
}

export const handler = defineHandler(listStatsHistory, {
  read: async ({ ctx, input, entities, now }) => {
    const { virtualmachineid, volumeid, hostid, clusterid, zoneid, storageid } = entities
    const { kind, resourcetype, row } = oneSubject([
      virtualmachineid && { kind: 'vm', resourcetype: 'VirtualMachine', row: virtualmachineid },
      volumeid && { kind: 'volume', resourcetype: 'Volume', row: volumeid },
      hostid && { kind: 'host', resourcetype: 'Host', row: hostid },
      clusterid && { kind: 'cluster', resourcetype: 'Cluster', row: clusterid },
      zoneid && { kind: 'zone', resourcetype: 'Zone', row: zoneid },
      storageid && { kind: 'pool', resourcetype: 'StoragePool', row: storageid },
    ])
    const { from, to } = historyRange(input, now, hourMs)
    const { points, stepMs } = await ctx.stats.history(kind, [row.id], from, to)
    const hasTrend = kind === 'cluster' || kind === 'zone' || kind === 'pool'
    const week = hasTrend ? await ctx.stats.history(kind, [row.id], now - weekMs, now + 1) : undefined
    const setting = kind === 'host' ? 'host.stats.interval' : 'vm.stats.interval'
    const intervalMs = hasTrend ? 60_000 : await ctx.config.number(setting)
    return {
      id: row.uuid,
      name: row.name,
      resourcetype,
      step: stepMs / 1000,
      interval: Math.round(intervalMs / 1000),
      stats: (points.get(row.id) ?? []).map(({ at, sample }) => ({ timestamp: at, ...numericFields(kind, sample) })),
      trend: week && capacityTrends(kind, week.points.get(row.id) ?? [], ctx.stats.latest(kind, row.id)),
    }
  },
})

function oneSubject(named: readonly (Subject | undefined)[]): Subject {
  const given = named.filter((one) => one !== undefined)
  const [first] = given
  if (first === undefined || given.length > 1) {
    throw apiFailure('api.parameter', 'Exactly one object must be named', {
      seen: `${given.length} are`,
      fix: 'Give one of virtualmachineid, volumeid, hostid, clusterid, zoneid and storageid.',
    })
  }
  return first
}
