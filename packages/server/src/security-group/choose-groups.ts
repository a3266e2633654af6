import { apiFailure } from '@altostack/core'
import type { Queries, Row } from '../db/database.ts'
import { findGroupByName, type SecurityGroup } from './security-group.repository.ts'

/**
 * The groups of a machine: those named, all of its account; `default` when none is named and it has a network with
 * groups. Throws 431 for names without such a network.
 */
export async function chooseGroups(
  db: Queries,
  account: Row<'account'>,
  named: { readonly groups: readonly SecurityGroup[] | undefined; readonly names: readonly string[] | undefined },
  hasGuardedNetwork: boolean,
): Promise<readonly SecurityGroup[] | 'default'> {
  const { groups, names } = named
  if (groups !== undefined && groups.length > 0 && names !== undefined && names.length > 0) {
    throw apiFailure('api.parameter', 'securitygroupids and securitygroupnames cannot be used together')
  }
  const chosen = [...(groups ?? [])]
  for (const name of names ?? []) {
    const group = await findGroupByName(db, account.id, name)
    if (group === undefined) {
      throw apiFailure('api.parameter', `Account ${account.account_name} has no security group ${name}`, { seen: name })
    }
    chosen.push(group)
  }
  if (!hasGuardedNetwork) {
    if (chosen.length === 0) return []
    throw apiFailure('api.parameter', 'None of the networks of the virtual machine has security groups', {
      fix: 'Use a network whose offering has the service SecurityGroup, or leave the groups out.',
    })
  }
  for (const group of chosen) {
    if (group.account_id === account.id) continue
    throw apiFailure('api.permission', `Security group ${group.name} belongs to another account`, {
      entities: [{ uuid: group.uuid, description: 'security group' }],
    })
  }
  return chosen.length > 0 ? chosen : 'default'
}

/** Which of the networks have security groups: those whose offering has the service. */
export async function guardedNetworks(
  db: Queries,
  networks: readonly Pick<Row<'networks'>, 'id' | 'network_offering_id'>[],
): Promise<Set<number>> {
  const offerings = [...new Set(networks.flatMap((network) => network.network_offering_id ?? []))]
  if (offerings.length === 0) return new Set()
  const rows = await db
    .selectFrom('ntwk_offering_service_map')
    .select('network_offering_id')
    .where('network_offering_id', 'in', offerings)
    .where('service', '=', 'SecurityGroup')
    .execute()
  const having = new Set(rows.map((row) => row.network_offering_id))
  return new Set(networks.filter((one) => having.has(one.network_offering_id ?? -1)).map((one) => one.id))
}
