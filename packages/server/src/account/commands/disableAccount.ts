import { disableAccount } from '@altostack/api'
import { Bug } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { findAccount } from '../account.repository.ts'
import { accountViews } from '../account.view.ts'
import { requireNamedAccount, setAccountState } from '../account-state.ts'
import { accountDisableWorkflow } from '../workflows/account-disable.ts'

export const handler = defineHandler(disableAccount, {
  async submit({ tx, ctx, caller, input, entities }) {
    const named = { id: entities.id, account: input.account, domain: entities.domainid }
    const account = await requireNamedAccount(tx, caller, named)
    await setAccountState(tx, ctx, caller, account, input.lock ? 'locked' : 'disabled')
    return {
      workflow: accountDisableWorkflow,
      input: { accountId: account.id, accountName: account.account_name, stopVms: !input.lock },
      lockKey: `account:${account.id}`,
      instance: { type: 'Account', id: account.id, uuid: account.uuid },
      owner: { accountId: account.id, domainId: account.domain_id },
    }
  },
  async result({ db, ctx, output }) {
    const { accountId } = output['stop-guests'] as { readonly accountId: number }
    const account = await findAccount(db, accountId)
    if (account === undefined) throw new Bug('an account is gone that was disabled', { account: accountId })
    return (await accountViews(db, ctx, [account]))[0] ?? {}
  },
})
