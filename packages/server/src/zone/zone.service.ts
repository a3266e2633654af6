import { apiFailure, formatCidr, infrastructureFailure, isPrivateIpv4, parseCidr, parseIpv4 } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { findZoneByName } from './zone.repository.ts'

/** Throws `api.parameter` unless the value is an IPv4 or IPv6 address. */
export function requireAddress(parameter: string, value: string): string {
  if (parseIpv4(value) !== undefined) return value
  if (value.includes(':') && URL.canParse(`http://[${value}]/`)) return value
  throw apiFailure('api.parameter', `${parameter} is not an IP address: ${value}`, { seen: value })
}

export function requireIpv4(parameter: string, value: string): number {
  const address = parseIpv4(value)
  if (address === undefined) {
    throw infrastructureFailure('network.address', `${parameter} is not an IPv4 address: ${value}`, { seen: value })
  }
  return address
}

/** A private IPv4 network in CIDR form, normalised; others are refused as CloudStack does for guest networks. */
export function requireGuestCidr(value: string): string {
  const network = parseCidr(value)
  if (!network || !isPrivateIpv4(network.first) || !isPrivateIpv4(network.last)) {
    throw infrastructureFailure('network.address', `guestcidraddress is not a private network in CIDR form: ${value}`, {
      seen: value,
    })
  }
  return formatCidr(network)
}

const domainPattern =
  /^(?=.{1,190}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/

export function requireNetworkDomain(parameter: string, value: string): string {
  if (!domainPattern.test(value)) {
    throw apiFailure(
      'api.parameter',
      `${parameter} is not a DNS domain: labels of letters, digits and hyphens, at most 190 characters in all`,
      { seen: value },
    )
  }
  return value
}

/** `Enabled` or `Disabled` in CloudStack's spelling. */
export function allocationState(value: string): 'Enabled' | 'Disabled' {
  const known = (['Enabled', 'Disabled'] as const).find((state) => state.toLowerCase() === value.toLowerCase())
  if (!known) throw apiFailure('api.parameter', `allocationstate is Enabled or Disabled, not ${value}`, { seen: value })
  return known
}

export async function requireFreeZoneName(db: Queries, name: string, exceptId?: number): Promise<void> {
  const other = await findZoneByName(db, name)
  if (other && other.id !== exceptId) {
    throw infrastructureFailure('infrastructure.name-taken', `A zone named ${name} exists`, {
      entities: [{ uuid: other.uuid, description: 'zone' }],
    })
  }
}
