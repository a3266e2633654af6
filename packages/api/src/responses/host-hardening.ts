import { defineResponse } from '../define-response.ts'
import { hostCheckResultResponse } from './host-check.ts'

export const hostHardeningResponse = defineResponse({
  name: 'HostHardeningResponse',
  fields: {
    hostid: { type: 'string', description: 'Id of the host.' },
    hostname: { type: 'string', description: 'Name of the host.' },
    hardened: {
      type: 'boolean',
      description: 'Whether the guarded ports are open to management servers and peers only.',
    },
    addresses: { type: 'list', description: 'Addresses to which they are open.' },
    check: { type: 'list', of: hostCheckResultResponse, description: 'What hardening is about, looked at afterwards.' },
  },
})
