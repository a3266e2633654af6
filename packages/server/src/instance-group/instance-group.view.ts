import type { instanceGroupResponse, ResponseValue } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { domainNames, ownerNames } from '../inventory/index.ts'
import type { InstanceGroup } from './instance-group.repository.ts'

export async function instanceGroupViews(
  db: Queries,
  groups: readonly InstanceGroup[],
): Promise<ResponseValue<typeof instanceGroupResponse>[]> {
  const owners = await ownerNames(
    db,
    groups.map((group) => group.account_id),
  )
  const domains = await domainNames(
    db,
    groups.map((group) => group.domain_id),
  )
  return groups.map((group) => ({
    id: group.uuid,
    name: group.name,
    created: group.created,
    account: owners.get(group.account_id)?.account,
    domainid: domains.get(group.domain_id)?.uuid,
    domain: domains.get(group.domain_id)?.name,
    domainpath: domains.get(group.domain_id)?.path,
    hasannotations: false,
  }))
}
