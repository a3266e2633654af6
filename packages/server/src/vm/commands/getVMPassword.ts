import { getVMPassword } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { encryptedPassword } from '../guest-choices.ts'

export const handler = defineHandler(getVMPassword, {
  async read({ db, entities }) {
    const encryptedpassword = await encryptedPassword(db, entities.id.id)
    if (encryptedpassword === null) {
      throw apiFailure('api.parameter', `No password for VM with id '${entities.id.uuid}' found`, {
        fix: 'It needs a password-enabled template and an RSA key pair; others cannot encrypt.',
      })
    }
    return { encryptedpassword }
  },
})
