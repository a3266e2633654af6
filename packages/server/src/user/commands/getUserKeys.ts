import { getUserKeys } from '@altostack/api'
import { openKeys } from '../../auth/user-keys.ts'
import { defineHandler } from '../../command/handler.ts'

export const handler = defineHandler(getUserKeys, {
  async read({ ctx, entities }) {
    const keys = openKeys(ctx, entities.id)
    return { apikey: keys?.apiKey, secretkey: keys?.secretKey, apikeyaccess: entities.id.api_key_access !== 'Disabled' }
  },
})
