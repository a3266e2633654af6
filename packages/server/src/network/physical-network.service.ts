import { apiFailure, infrastructureFailure } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { physicalNetworksOfZone } from './physical-network.repository.ts'

export const trafficTypes = ['Public', 'Guest', 'Storage', 'Management'] as const

export function requireTrafficType(value: string): (typeof trafficTypes)[number] {
  const known = trafficTypes.find((type) => type.toLowerCase() === value.toLowerCase())
  if (!known) {
    throw apiFailure('api.parameter', `traffictype ${value} is not one of ${trafficTypes.join(', ')}`, { seen: value })
  }
  return known
}

/** `100-200,300` or a single number; each inside 1 to 16777214. Returns it normalised. */
export function requireVlanRanges(value: string): string {
  return value
    .split(',')
    .map((part) => {
      const match = /^(\d{1,8})(?:-(\d{1,8}))?$/.exec(part.trim())
      const first = Number(match?.[1])
      const last = match?.[2] === undefined ? first : Number(match[2])
      if (!match || first < 1 || last > 16_777_214 || first > last) {
        throw apiFailure('api.parameter', `vlan: ${part} is not a number or a range such as 100-200`, { seen: value })
      }
      return `${first}-${last}`
    })
    .join(',')
}

/** Mbit/s: `1000`, `1G` or `10G`. */
export function requireSpeed(value: string): number {
  const match = /^(\d{1,7})([GgMm]?)$/.exec(value)
  if (!match)
    throw apiFailure('api.parameter', `networkspeed: ${value} is not a speed such as 1000 or 10G`, { seen: value })
  return Number(match[1]) * (match[2]?.toLowerCase() === 'g' ? 1000 : 1)
}

export async function requireFreePhysicalNetworkName(db: Queries, zoneId: number, name: string): Promise<void> {
  const other = (await physicalNetworksOfZone(db, zoneId)).find((network) => network.name === name)
  if (other) {
    throw infrastructureFailure('infrastructure.name-taken', `A physical network named ${name} exists in the zone`, {
      entities: [{ uuid: other.uuid, description: 'physical network' }],
    })
  }
}
