import { listTemplatePermissions } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireKind } from '../image-kind.ts'
import { permissionsOf } from '../permissions.ts'

export const handler = defineHandler(listTemplatePermissions, {
  async read({ db, entities }) {
    requireKind(entities.id, 'Template')
    return permissionsOf(db, entities.id)
  },
})
