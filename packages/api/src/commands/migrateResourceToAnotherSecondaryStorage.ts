import { defineCommand } from '../define-command.ts'
import { imageStoreMigrationResponse } from '../responses/image-store-migration.ts'

export const migrateResourceToAnotherSecondaryStorage = defineCommand({
  name: 'migrateResourceToAnotherSecondaryStorage',
  kind: 'async',
  roles: ['Admin'],
  event: 'IMAGE.STORE.MIGRATE.RESOURCES',
  since: '4.19.0',
  description:
    'Moves the images of templates, ISOs and snapshots from one image store to another. Each is copied, compared and then removed from the first; they can be used all the time.',
  params: {
    srcpool: {
      type: 'uuid',
      entity: 'ImageStore',
      access: 'operate',
      required: true,
      description: 'Image store that they are on.',
    },
    destpool: {
      type: 'uuid',
      entity: 'ImageStore',
      access: 'operate',
      required: true,
      description: 'Image store that they go to.',
    },
    templates: {
      type: 'list',
      items: 'uuid',
      entity: 'Template',
      access: 'list',
      description: 'Templates and ISOs to move.',
    },
    snapshots: { type: 'list', items: 'uuid', entity: 'Snapshot', access: 'list', description: 'Snapshots to move.' },
  },
  response: imageStoreMigrationResponse,
  key: 'imagestore',
})
