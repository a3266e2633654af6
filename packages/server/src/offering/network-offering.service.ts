import { apiFailure, infrastructureFailure } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { knownProvider, networkServices, routedServices } from '../network/index.ts'

export type OfferedService = { readonly service: string; readonly provider: string }
export type GuestType = 'Isolated' | 'Shared' | 'L2'

/** Providers of CloudStack that stand behind services of isolated networks only. */
const routers = ['VirtualRouter', 'VpcVirtualRouter', 'InternalLbVm'] as const

/** Services with their providers, as asked for and each in its own spelling. Throws naming the first that does not fit. */
export function offeredServices(
  guestType: GuestType,
  supported: readonly string[],
  providers: readonly Readonly<Record<string, string>>[],
): OfferedService[] {
  const wanted = new Map<string, string | undefined>()
  for (const name of supported) wanted.set(serviceName(name), undefined)
  for (const { service = '', provider = '' } of providers) {
    const name = serviceName(service)
    if (supported.length > 0 && !wanted.has(name)) {
      throw apiFailure('api.parameter', `serviceproviderlist names ${service}, which supportedservices does not`)
    }
    wanted.set(name, provider)
  }
  return [...wanted].map(([service, provider]) => ({ service, provider: providerOf(guestType, service, provider) }))
}

function serviceName(text: string): string {
  const known = [...networkServices.map((service) => service.name), ...routedServices].find(
    (name) => name.toLowerCase() === text.toLowerCase(),
  )
  if (known !== undefined) return known
  throw apiFailure('api.parameter', `There is no network service ${text}`, {
    seen: text,
    fix: 'listSupportedNetworkServices shows those that there are.',
  })
}

function providerOf(guestType: GuestType, service: string, asked: string | undefined): string {
  const here = networkServices.find((one) => one.name === service)
  const name = asked === undefined ? (here?.providers[0] ?? 'VirtualRouter') : (knownProvider(asked)?.name ?? asked)
  const can: readonly string[] = here?.providers ?? routers
  if (guestType === 'L2' && !(service === 'UserData' && name === 'ConfigDrive')) {
    throw infrastructureFailure(
      'network.offering-mismatch',
      `An L2 network has no services but user data on a config drive, and ${service} by ${name} was asked`,
      { fix: 'Leave supportedservices out, or ask for UserData by ConfigDrive.' },
    )
  }
  if (guestType === 'Shared' && here === undefined) {
    throw infrastructureFailure(
      'network.offering-mismatch',
      `${service} is a service of routed networks, not of Shared ones`,
    )
  }
  if (!can.includes(name)) {
    throw apiFailure('api.parameter', `${name} cannot give ${service}`, { seen: `${service}: ${can.join(', ')}` })
  }
  return name
}

/** `uuid,uuid` as ids of live rows; undefined: the words that lift the limit. */
export async function limitedTo(
  db: Queries,
  parameter: 'domainid' | 'zoneid',
  text: string,
): Promise<readonly number[]> {
  const everywhere = parameter === 'domainid' ? 'public' : 'all'
  if (text === '' || text.toLowerCase() === everywhere) return []
  const ids: number[] = []
  for (const uuid of text.split(',').map((part) => part.trim())) {
    const row = await db
      .selectFrom(parameter === 'domainid' ? 'domain' : 'data_center')
      .select('id')
      .where('uuid', '=', uuid)
      .where('removed', 'is', null)
      .executeTakeFirst()
    if (row === undefined)
      throw apiFailure('api.parameter', `${parameter}: there is none of id ${uuid}`, { seen: uuid })
    ids.push(row.id)
  }
  return ids
}
