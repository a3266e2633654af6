import { registerUserData } from '@altostack/api'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { requireUserData } from '../../vm/vm-name.ts'
import { insertUserData, userDataViews } from '../user-data.repository.ts'

export const handler = defineHandler(registerUserData, {
  async change({ tx, ctx, caller, input, entities }) {
    const owner = await resolveOwner(tx, caller, input.account, entities.domainid)
    const userData = requireUserData(input.userdata, await ctx.config.number('vm.userdata.max.length', {}, tx))
    const row = await insertUserData(tx, ctx, owner, { name: input.name, userData, params: input.params ?? null })
    return (await userDataViews(tx, [row]))[0] ?? {}
  },
  eventText: ({ input }) => `registering userdata ${input.name}`,
})
