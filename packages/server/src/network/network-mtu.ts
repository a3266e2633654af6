import type { HostFacts } from '@altostack/agent-api'
import { guestMtu } from '@altostack/agent-api'
import { apiFailure } from '@altostack/core'
import type { Queries, Row } from '../db/database.ts'
import { defaultBridge, kvmLabelOf } from './physical-network.repository.ts'

/** What every Ethernet carries, and the largest that guests are given unless somebody asks for more. */
const ethernet = 1500
const bounds = { least: 576, most: 9216 } as const

export function requireMtu(parameter: string, value: number): number {
  if (value < bounds.least || value > bounds.most) {
    throw apiFailure('api.parameter', `${parameter} is ${bounds.least} to ${bounds.most}, not ${value}`)
  }
  return value
}

/**
 * MTU of guests of a new VXLAN: what the smallest of the zone's hosts carries on the bridge of the label, less VXLAN's
 * headers, and 1500 at most; as if hosts had 1500 while there are none. It must be the same on every host a guest may
 * move to, so it is decided once and kept.
 */
export async function vxlanMtu(db: Queries, physical: Row<'physical_network'>): Promise<number> {
  const label = (await kvmLabelOf(db, physical.id, 'Guest')) ?? defaultBridge
  const hosts = await db
    .selectFrom('host')
    .select('facts')
    .where('data_center_id', '=', physical.data_center_id)
    .where('removed', 'is', null)
    .execute()
  const carried = hosts.flatMap(({ facts }) => underlayMtu(facts, label) ?? [])
  return Math.min(ethernet, guestMtu(Math.min(...(carried.length > 0 ? carried : [ethernet])), { kind: 'vxlan' }))
}

function underlayMtu(facts: string | null, label: string): number | undefined {
  if (facts === null) return undefined
  const { interfaces = [] } = JSON.parse(facts) as Partial<HostFacts>
  return interfaces.find((one) => one.name === label)?.mtu
}
