import { createServiceOffering, mapEntries } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { rateColumns } from '../io-limits.ts'
import {
  findServiceOffering,
  insertDiskOffering,
  insertServiceOffering,
  insertServiceOfferingDetail,
} from '../service-offering.repository.ts'
import { serviceOfferingViews } from '../service-offering.view.ts'

export const handler = defineHandler(createServiceOffering, {
  eventText: ({ input }) => `creating service offering ${input.name}`,
  async change({ tx, ctx, caller, input, entities, now }) {
    const customized = input.customized ?? (input.cpunumber === undefined || input.memory === undefined)
    const ranged = [input.mincpunumber, input.maxcpunumber, input.minmemory, input.maxmemory]
    if (!customized) {
      requirePositive('cpunumber', input.cpunumber)
      requirePositive('memory', input.memory)
      if (ranged.some((value) => value !== undefined)) {
        throw apiFailure('api.parameter', 'Minimum and maximum go with customized=true only')
      }
    } else if (input.cpunumber !== undefined || input.memory !== undefined) {
      throw apiFailure(
        'api.parameter',
        'A customized offering takes its CPUs and memory at deployment: leave cpunumber and memory out',
      )
    }
    requireOrder('cpunumber', input.mincpunumber, input.maxcpunumber)
    requireOrder('memory', input.minmemory, input.maxmemory)
    if (input.cpuspeed !== undefined && input.cpuspeed < 0) {
      throw apiFailure('api.parameter', 'cpuspeed is not negative', { seen: String(input.cpuspeed) })
    }
    if (!isRootAdmin(caller) && (entities.domainid ?? []).length === 0) {
      throw apiFailure('api.permission', 'Only root administrators create offerings for every domain: name domainid')
    }
    const displayText = input.displaytext ?? input.name
    const diskOfferingId = await insertDiskOffering(tx, {
      uuid: ctx.runtime.uuid(),
      name: input.name,
      display_text: displayText,
      disk_size: (input.rootdisksize ?? 0) * 2 ** 30,
      tags: input.tags ?? null,
      use_local_storage: input.storagetype === 'local' ? 1 : 0,
      ...rateColumns(input),
      compute_only: 1,
      created: now,
    })
    const id = await insertServiceOffering(tx, {
      uuid: ctx.runtime.uuid(),
      name: input.name,
      display_text: displayText,
      cpu: customized ? null : (input.cpunumber ?? null),
      speed: input.cpuspeed ?? null,
      ram_size: customized ? null : (input.memory ?? null),
      limit_cpu_use: input.limitcpuuse ? 1 : 0,
      host_tag: input.hosttags ?? null,
      dynamic_scaling_enabled: input.dynamicscalingenabled === false ? 0 : 1,
      customized: customized ? 1 : 0,
      disk_offering_id: diskOfferingId,
      created: now,
    })
    const details: [string, string][] = [
      ...(entities.domainid ?? []).map((domain): [string, string] => ['domainid', String(domain.id)]),
      ...(entities.zoneid ?? []).map((zone): [string, string] => ['zoneid', String(zone.id)]),
      ...Object.entries(mapEntries(input.serviceofferingdetails)),
      ...limit('mincpunumber', input.mincpunumber),
      ...limit('maxcpunumber', input.maxcpunumber),
      ...limit('minmemory', input.minmemory),
      ...limit('maxmemory', input.maxmemory),
    ]
    for (const [name, value] of details) await insertServiceOfferingDetail(tx, id, name, value)
    const offering = await findServiceOffering(tx, id)
    return (await serviceOfferingViews(tx, offering ? [offering] : []))[0] ?? {}
  },
})

function requirePositive(name: string, value: number | undefined): void {
  if (value === undefined || value < 1) {
    throw apiFailure('api.parameter', `${name} is at least 1`, { seen: String(value) })
  }
}

function requireOrder(name: string, min: number | undefined, max: number | undefined): void {
  if ((min !== undefined && min < 1) || (min !== undefined && max !== undefined && max < min)) {
    throw apiFailure('api.parameter', `min${name} is at least 1 and not above max${name}`)
  }
}

function limit(name: string, value: number | undefined): [string, string][] {
  return value === undefined ? [] : [[name, String(value)]]
}
