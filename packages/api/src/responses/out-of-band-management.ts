import { defineResponse } from '../define-response.ts'

export const outOfBandManagementResponse = defineResponse({
  name: 'OutOfBandManagementResponse',
  fields: {
    hostid: { type: 'string', description: 'The hostid.' },
    powerstate: { type: 'string', description: 'The powerstate.' },
    enabled: { type: 'boolean', description: 'The enabled.' },
    driver: { type: 'string', description: 'The driver.' },
    address: { type: 'string', description: 'The address.' },
    port: { type: 'string', description: 'The port.' },
    username: { type: 'string', description: 'The username.' },
    password: { type: 'string', description: 'The password.' },
    action: { type: 'string', description: 'The action.' },
    description: { type: 'string', description: 'The description.' },
    status: { type: 'boolean', description: 'The status.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
