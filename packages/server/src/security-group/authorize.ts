import type { authorizeSecurityGroupIngress, Input } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { resolveOwner } from '../account/owner.ts'
import { accessRules } from '../auth/access-rules.ts'
import type { Caller } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import {
  defaultGroupName,
  ensureDefaultGroup,
  findGroupByName,
  noteGroupChange,
  rulesOf,
  type SecurityGroup,
} from './security-group.repository.ts'
import { groupViews, type SecurityGroupView } from './security-group.view.ts'
import { type RuleRequest, ruleRequest } from './security-rule.ts'

type Asked = Input<typeof authorizeSecurityGroupIngress>
type Named = { readonly securitygroupid?: SecurityGroup | undefined; readonly domainid?: Row<'domain'> | undefined }
type Call = {
  readonly ctx: ServerContext
  readonly tx: Tx
  readonly caller: Caller
  readonly input: Asked
  readonly entities: Named
}

/** Rules of one group that both directions share. */
const mostRules = 1000

/** The group that is named by id, or by name among those of an account. Throws 431 for none and 531 for another's. */
export async function namedGroup(
  tx: Tx,
  ctx: ServerContext,
  caller: Caller,
  by: { readonly group?: SecurityGroup | undefined; readonly name?: string | undefined },
  owner: { readonly account?: string | undefined; readonly domain?: Row<'domain'> | undefined },
): Promise<SecurityGroup> {
  if (by.group !== undefined) return by.group
  if (by.name === undefined) throw apiFailure('api.parameter', 'Name the security group by its id or its name')
  const account = await resolveOwner(tx, caller, owner.account, owner.domain, { anyState: true })
  const found =
    by.name === defaultGroupName
      ? await ensureDefaultGroup(tx, ctx, account)
      : await findGroupByName(tx, account.accountId, by.name)
  if (found !== undefined) return found
  throw apiFailure('api.parameter', `Account ${account.accountName} has no security group ${by.name}`, {
    seen: by.name,
    fix: 'listSecurityGroups names them.',
  })
}

/** Adds a rule for each network and group that is named; one that is there already is refused. */
export async function authorize(call: Call, direction: 'ingress' | 'egress'): Promise<SecurityGroupView> {
  const { ctx, tx, caller, input, entities } = call
  const group = await namedGroup(
    tx,
    ctx,
    caller,
    { group: entities.securitygroupid, name: input.securitygroupname },
    { account: input.account, domain: entities.domainid },
  )
  const request = ruleRequest(input)
  const remotes = await remoteGroups(tx, caller, input, group)
  if (request.cidrs.length === 0 && remotes.length === 0) {
    throw apiFailure('api.parameter', 'Neither cidrlist nor usersecuritygrouplist says who is meant')
  }
  const present = await rulesOf(tx, [group.id])
  if (present.length + request.cidrs.length + remotes.length > mostRules) {
    throw apiFailure('api.parameter', `A security group holds at most ${mostRules} rules`, {
      seen: `${present.length} rules`,
    })
  }
  const wanted = [
    ...request.cidrs.map((cidr) => ({ allowed_ip_cidr: cidr, allowed_network_id: null })),
    ...remotes.map((remote) => ({ allowed_ip_cidr: null, allowed_network_id: remote.id })),
  ]
  for (const side of wanted) {
    if (present.some((rule) => rule.type === direction && same(rule, request, side))) {
      const what = side.allowed_ip_cidr ?? 'the group'
      throw apiFailure('api.parameter', `Security group ${group.name} has this rule for ${what} already`)
    }
    await tx
      .insertInto('security_group_rule')
      .values({
        uuid: ctx.runtime.uuid(),
        security_group_id: group.id,
        type: direction,
        protocol: request.protocol,
        start_port: request.start,
        end_port: request.end,
        ...side,
        created: ctx.runtime.now(),
      })
      .execute()
  }
  await noteGroupChange(tx, ctx, group, `security-group.authorize-${direction}`)
  return (await groupViews(tx, [group]))[0] ?? {}
}

/** Removes a rule of the direction. Throws 431 for one of the other. */
export async function revoke(
  tx: Tx,
  ctx: ServerContext,
  rule: Row<'security_group_rule'>,
  direction: 'ingress' | 'egress',
): Promise<void> {
  if (rule.type !== direction) throw apiFailure('api.parameter', `The rule is an ${rule.type} rule`)
  const group = await tx
    .selectFrom('security_group')
    .selectAll()
    .where('id', '=', rule.security_group_id)
    .executeTakeFirstOrThrow()
  await tx.deleteFrom('security_group_rule').where('id', '=', rule.id).execute()
  await noteGroupChange(tx, ctx, group, `security-group.revoke-${direction}`)
}

function same(
  rule: Row<'security_group_rule'>,
  request: RuleRequest,
  side: { readonly allowed_ip_cidr: string | null; readonly allowed_network_id: number | null },
): boolean {
  return (
    rule.protocol === request.protocol &&
    rule.start_port === request.start &&
    rule.end_port === request.end &&
    rule.allowed_ip_cidr === side.allowed_ip_cidr &&
    rule.allowed_network_id === side.allowed_network_id
  )
}

async function remoteGroups(db: Queries, caller: Caller, input: Asked, group: SecurityGroup): Promise<SecurityGroup[]> {
  const found: SecurityGroup[] = []
  for (const { account, group: name } of input.usersecuritygrouplist ?? []) {
    const owner = await db
      .selectFrom('account')
      .select(['id'])
      .where('account_name', '=', account ?? '')
      .where('domain_id', '=', group.domain_id)
      .where('removed', 'is', null)
      .executeTakeFirst()
    const remote = owner === undefined ? undefined : await findGroupByName(db, owner.id, name ?? '')
    if (remote === undefined) {
      throw apiFailure('api.parameter', `usersecuritygrouplist: account ${account} has no security group ${name}`, {
        fix: 'Both are of the domain of the group that gets the rule.',
      })
    }
    // Who is in another's group is that other's business: a rule would tell.
    if (remote.account_id !== group.account_id && !(await accessRules.SecurityGroup.may(db, caller, remote, 'use'))) {
      throw apiFailure('api.permission', `The caller may not use security group ${name} of account ${account}`)
    }
    if (!found.some((one) => one.id === remote.id)) found.push(remote)
  }
  return found
}
