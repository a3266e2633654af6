import type { CommandPlan } from './command-plan.ts'
import { formatBytes } from './format.ts'
import { labelOf } from './labels.ts'

type Item = Readonly<Record<string, unknown>>

/** What a plan's claims and moves say to people: names where the plan knows them, sizes with their unit, no bare ids. */
export function planText(plan: CommandPlan): (item: Item) => string {
  const names = new Map<string, string>()
  for (const { host, hostName } of plan.moves) if (typeof hostName === 'string') names.set(String(host), hostName)
  for (const { id, name } of plan.placement?.hosts ?? []) names.set(id, name)
  return (item) =>
    Object.entries(item)
      .flatMap(([key, value]) => {
        // Its name stands beside, or is that of what the form is about.
        if (key === 'name' || key === 'host' || value === '' || value === null || value === undefined) return []
        if (key === 'entity') return names.has(String(value)) ? [names.get(String(value)) ?? ''] : []
        if (key === 'hostName') return [`→ ${value}`]
        if (key === 'to' && item.hostName !== undefined && value === 'Running') return []
        if (/bytes$/i.test(key))
          return [`${labelOf(key.replace(/_?bytes$/i, '') || 'size')} ${formatBytes(Number(value))}`]
        if (/mhz$/i.test(key)) return [`${labelOf(key.replace(/_?mhz$/i, ''))} ${value} MHz`]
        return [`${labelOf(key)} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`]
      })
      .join(', ')
}
