import { deleteSSHKeyPair } from '@altostack/api'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { namedKeyPairs, removeKeyPair } from '../ssh-key-pair.repository.ts'

export const handler = defineHandler(deleteSSHKeyPair, {
  async change({ tx, caller, input, entities }) {
    const owner = await resolveOwner(tx, caller, input.account, entities.domainid, { anyState: true })
    const [pair] = await namedKeyPairs(tx, owner.accountId, [input.name])
    if (pair !== undefined) await removeKeyPair(tx, pair.id)
  },
  eventText: ({ input }) => `deleting ssh keypair ${input.name}`,
})
