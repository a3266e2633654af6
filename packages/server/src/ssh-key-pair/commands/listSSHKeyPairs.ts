import { listSSHKeyPairs } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'

/** No key pair can exist: this version has no command that makes one. */
export const handler = defineHandler(listSSHKeyPairs, {
  list: async () => ({ count: 0, items: [] }),
})
