import type { ResponseValue, securityGroupResponse, securityGroupRuleResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { domainNames, ownerNames } from '../inventory/index.ts'
import { withTags } from '../tag/index.ts'
import { rulesOf, type SecurityGroup, type SecurityGroupRule, vmsOfGroups } from './security-group.repository.ts'

export type SecurityGroupView = ResponseValue<typeof securityGroupResponse>
type RuleView = ResponseValue<typeof securityGroupRuleResponse>

/** Groups as answers: a fixed number of queries, whatever the length of the page. */
export async function groupViews(db: Queries, groups: readonly SecurityGroup[]): Promise<SecurityGroupView[]> {
  const ids = groups.map((group) => group.id)
  const rules = await rulesOf(db, ids)
  const vms = await vmsOfGroups(db, ids)
  const remoteIds = [...new Set(rules.flatMap((rule) => rule.allowed_network_id ?? []))]
  const remotes =
    remoteIds.length === 0
      ? []
      : await db.selectFrom('security_group').selectAll().where('id', 'in', remoteIds).execute()
  const owners = await ownerNames(
    db,
    [...groups, ...remotes].map((group) => group.account_id),
  )
  const domains = await domainNames(
    db,
    groups.map((group) => group.domain_id),
  )
  const rule = (row: SecurityGroupRule): RuleView => {
    const remote = remotes.find((one) => one.id === row.allowed_network_id)
    const icmp = row.protocol === 'icmp'
    return {
      ruleid: row.uuid,
      protocol: row.protocol,
      ...(icmp ? { icmptype: row.start_port, icmpcode: row.end_port } : {}),
      ...(icmp || row.start_port === null ? {} : { startport: row.start_port, endport: row.end_port }),
      cidr: row.allowed_ip_cidr,
      ...(remote === undefined
        ? {}
        : { securitygroupname: remote.name, account: owners.get(remote.account_id)?.account }),
    }
  }
  const views = groups.map((group) => {
    const own = rules.filter((row) => row.security_group_id === group.id)
    const members = vms.filter((row) => row.groupId === group.id)
    return {
      id: group.uuid,
      name: group.name,
      description: group.description,
      account: owners.get(group.account_id)?.account,
      domainid: domains.get(group.domain_id)?.uuid,
      domain: domains.get(group.domain_id)?.name,
      domainpath: domains.get(group.domain_id)?.path,
      ingressrule: own.filter((row) => row.type === 'ingress').map(rule),
      egressrule: own.filter((row) => row.type === 'egress').map(rule),
      virtualmachinecount: members.length,
      virtualmachineids: members.map((row) => row.uuid),
    }
  })
  return await withTags(db, views)
}
