import { defineCommand } from '../define-command.ts'
import { imageStoreMigrationResponse } from '../responses/image-store-migration.ts'

export const migrateSecondaryStorageData = defineCommand({
  name: 'migrateSecondaryStorageData',
  kind: 'async',
  roles: ['Admin'],
  event: 'IMAGE.STORE.MIGRATE.DATA',
  since: '4.15.0',
  description:
    'Moves the images of an image store to others: all of them, after which the store is read-only, or as many as it takes for them to be filled alike.',
  params: {
    srcpool: {
      type: 'uuid',
      entity: 'ImageStore',
      access: 'operate',
      required: true,
      description: 'Image store that the images are on.',
    },
    destpools: {
      type: 'list',
      items: 'uuid',
      entity: 'ImageStore',
      access: 'operate',
      required: true,
      description: 'Image stores that they may go to.',
    },
    migrationtype: {
      type: 'string',
      values: ['complete', 'balance'],
      description: 'complete or balance (until they are filled alike); complete unless given.',
    },
  },
  response: imageStoreMigrationResponse,
  key: 'imagestore',
})
