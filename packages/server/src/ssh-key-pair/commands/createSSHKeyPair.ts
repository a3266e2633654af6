import { createSSHKeyPair } from '@altostack/api'
import { Bug } from '@altostack/core'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { makeKeyPair } from '../ssh-key.ts'
import { insertKeyPair, keyPairViews } from '../ssh-key-pair.repository.ts'

export const handler = defineHandler(createSSHKeyPair, {
  prepare: async () => JSON.stringify(await makeKeyPair()),
  async change({ tx, ctx, caller, input, entities, prepared }) {
    if (prepared === undefined) throw new Bug('createSSHKeyPair has no key')
    const key = JSON.parse(prepared) as Awaited<ReturnType<typeof makeKeyPair>>
    const owner = await resolveOwner(tx, caller, input.account, entities.domainid)
    const pair = await insertKeyPair(tx, ctx, owner, input.name, key)
    return { ...(await keyPairViews(tx, [pair]))[0], privatekey: key.privateKey }
  },
  eventText: ({ input }) => `creating ssh keypair ${input.name}`,
})
