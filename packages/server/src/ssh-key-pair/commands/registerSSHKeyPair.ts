import { registerSSHKeyPair } from '@altostack/api'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { readPublicKey } from '../ssh-key.ts'
import { insertKeyPair, keyPairViews } from '../ssh-key-pair.repository.ts'

export const handler = defineHandler(registerSSHKeyPair, {
  async change({ tx, ctx, caller, input, entities }) {
    const owner = await resolveOwner(tx, caller, input.account, entities.domainid)
    const pair = await insertKeyPair(tx, ctx, owner, input.name, readPublicKey(input.publickey))
    return (await keyPairViews(tx, [pair]))[0] ?? {}
  },
  eventText: ({ input }) => `registering ssh keypair ${input.name}`,
})
