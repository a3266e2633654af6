import { virtualMachineFailure } from '@altostack/core'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'

/** Root administrators may use disabled zones, pods, clusters and hosts where the setting says so. */
export async function mayUseDisabled(ctx: ServerContext, db: Queries, caller: Caller): Promise<boolean> {
  return isRootAdmin(caller) && (await ctx.config.flag('allow.admin.vm.on.disabled.resources', {}, db))
}

/** Throws unless the caller may expunge or recover: users only where the account's setting allows it. */
export async function requireExpungeRight(ctx: ServerContext, db: Queries, caller: Caller): Promise<void> {
  if (caller.roleType !== 'User') return
  if (await ctx.config.flag('allow.user.expunge.recover.vm', { accountId: caller.accountId }, db)) return
  throw virtualMachineFailure(
    'virtual-machine.expunge-permission',
    'Only administrators expunge or recover virtual machines here',
    { seen: 'allow.user.expunge.recover.vm is false for the account' },
  )
}

/** Throws unless the caller may switch guests off at once. */
export async function requireForceRight(ctx: ServerContext, db: Queries, caller: Caller): Promise<void> {
  if (caller.roleType !== 'User') return
  if (await ctx.config.flag('allow.user.force.stop.vm', { accountId: caller.accountId }, db)) return
  throw virtualMachineFailure('virtual-machine.force-permission', 'Users may not stop virtual machines by force here', {
    seen: 'allow.user.force.stop.vm is false for the account',
  })
}
