import { listIsoPermissions } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireKind } from '../image-kind.ts'
import { permissionsOf } from '../permissions.ts'

export const handler = defineHandler(listIsoPermissions, {
  async read({ db, entities }) {
    requireKind(entities.id, 'ISO')
    return permissionsOf(db, entities.id)
  },
})
