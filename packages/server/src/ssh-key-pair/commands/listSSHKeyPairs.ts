import { listSSHKeyPairs } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { keyPairViews, listKeyPairRows } from '../ssh-key-pair.repository.ts'

export const handler = defineHandler(listSSHKeyPairs, {
  async list({ db, input, page, scope }) {
    const { name, fingerprint, keyword } = input
    const { count, rows } = await listKeyPairRows(db, { scope, uuid: input.id, name, fingerprint, keyword }, page)
    return { count, items: await keyPairViews(db, rows) }
  },
})
