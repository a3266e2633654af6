import { defineResponse } from '../define-response.ts'

export const imageStoreMigrationResponse = defineResponse({
  name: 'MigrationResponse',
  fields: {
    message: { type: 'string', description: 'What was moved.' },
    migrationtype: { type: 'string', description: 'COMPLETE or BALANCE, where the whole store was meant.' },
    success: { type: 'boolean', description: 'Whether everything that was to move has moved.' },
  },
})
