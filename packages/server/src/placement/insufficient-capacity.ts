import { type AltoError, apiFailure, type JsonObject } from '@altostack/core'
import type { Demand } from './demand.ts'
import type { PlanResult } from './plan.ts'
import { bytesText } from './refusal.ts'

/** Hosts told one by one in the text and the evidence; above it they are grouped by filter. */
const ONE_BY_ONE = 20
/** Hosts named as examples of a group: the closest misses. */
const EXAMPLES = 3

/** Error 533: for each host the filter that refused it and by how much. */
export function insufficientCapacity(demand: Demand, result: PlanResult): AltoError {
  const groups = groupRefusals(result)
  return apiFailure('api.insufficient-capacity', sentence(demand, result, groups), {
    seen: `${result.refusals.length} hosts, none fits`,
    fix: groups[0]?.fix ?? 'Add a host to the zone.',
    entities: [{ uuid: demand.vm.uuid, description: 'virtual machine' }],
    evidence: placementEvidence(demand, result),
  })
}

/** The planner's view as data, for `why`, dry runs and the error. */
export function placementEvidence(demand: Demand, result: PlanResult): JsonObject {
  const asked = {
    cpus: demand.cpus,
    mhz: demand.mhz,
    memoryBytes: demand.memoryBytes,
    hostTags: demand.hostTags,
    volumes: demand.volumes.map(({ name, bytes, tags, local }) => ({ name, bytes, tags, local })),
  }
  const groups = groupRefusals(result).map(({ filter, hosts, examples }) => ({ filter, hosts, examples }))
  if (result.refusals.length > ONE_BY_ONE) return { asked, groups }
  const hosts = result.refusals.map(({ host, refusal }) => ({
    host: host.uuid,
    name: host.name,
    filter: refusal.filter,
    seen: refusal.seen(),
    fix: refusal.fix,
    ...(refusal.short === undefined ? {} : { short: refusal.short }),
  }))
  return { asked, groups, hosts }
}

type Group = { filter: string; hosts: number; fix: string; examples: readonly string[] }

function groupRefusals(result: PlanResult): readonly Group[] {
  const byFilter = new Map<string, PlanResult['refusals'][number][]>()
  for (const entry of result.refusals) {
    const list = byFilter.get(entry.refusal.filter)
    if (list === undefined) byFilter.set(entry.refusal.filter, [entry])
    else list.push(entry)
  }
  return [...byFilter]
    .map(([filter, entries]) => ({
      filter,
      hosts: entries.length,
      fix: entries[0]!.refusal.fix,
      examples: closest(entries).map(({ host, refusal }) => `${host.name} ${refusal.seen()}`),
    }))
    .sort((a, b) => b.hosts - a.hosts || a.filter.localeCompare(b.filter))
}

function closest(entries: readonly PlanResult['refusals'][number][]): readonly PlanResult['refusals'][number][] {
  if (entries.length <= EXAMPLES) return entries
  return [...entries].sort((a, b) => (a.refusal.short ?? 0) - (b.refusal.short ?? 0)).slice(0, EXAMPLES)
}

function sentence(demand: Demand, result: PlanResult, groups: readonly Group[]): string {
  const asked = `${demand.cpus} x ${demand.mhz} MHz and ${bytesText(demand.memoryBytes)}`
  const what = demand.moving ? 'Unable to find a host to move' : 'Unable to create a deployment for'
  const start = `${what} ${demand.vm.name} (${asked})`
  if (result.refusals.length === 0) return `${start}: there is no host`
  if (result.refusals.length <= ONE_BY_ONE) {
    return `${start}: ${result.refusals.map(({ host, refusal }) => `${host.name} ${refusal.seen()}`).join('; ')}`
  }
  const parts = groups.map(({ filter, hosts, examples }) => `${hosts} by ${filter} (closest: ${examples[0]})`)
  return `${start}: none of ${result.refusals.length} hosts fits; refused ${parts.join(', ')}`
}
