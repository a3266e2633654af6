import { type LawWorld, workflowLaws } from '@altostack/testkit'
import type { ServerContext } from '../context.ts'
import { makeVolumeWorld, type VolumeWorld } from '../testing/volume-world.ts'
import { accountDisableWorkflow } from './workflows/account-disable.ts'

/** A disabled account whose guest is at rest; account-state.server.test.ts has one that runs. */
async function makeWorld(): Promise<VolumeWorld> {
  const world = await makeVolumeWorld({ runs: false })
  const { db } = world.ctx
  await db.updateTable('account').set({ state: 'disabled' }).where('id', '=', 2).execute()
  return {
    ...world,
    async observe() {
      const account = await db.selectFrom('account').select('state').where('id', '=', 2).executeTakeFirstOrThrow()
      const vm = await db.selectFrom('vm_instance').select('state').executeTakeFirstOrThrow()
      return { account: account.state, vm: vm.state }
    },
  }
}
const input = (_world: LawWorld<ServerContext>) => ({ accountId: 2, accountName: 'admin', stopVms: true })

workflowLaws(accountDisableWorkflow, {
  makeWorld,
  input,
  lockKey: 'account:2',
  journal: { succeeds: ['do stop-guests'], unwinds: ['do stop-guests'] },
})
