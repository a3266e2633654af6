import { lockAccount } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { accountViews } from '../account.view.ts'
import { requireNamedAccount, setAccountState } from '../account-state.ts'

export const handler = defineHandler(lockAccount, {
  async change({ tx, ctx, caller, input, entities }) {
    const account = await requireNamedAccount(tx, caller, { account: input.account, domain: entities.domainid })
    return (await accountViews(tx, ctx, [await setAccountState(tx, ctx, caller, account, 'locked')]))[0] ?? {}
  },
})
