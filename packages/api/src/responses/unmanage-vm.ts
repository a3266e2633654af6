import { defineResponse } from '../define-response.ts'

export const unmanageVmResponse = defineResponse({
  name: 'UnmanageVMInstanceResponse',
  fields: {
    success: { type: 'boolean', description: 'Whether the virtual machine is out of management.' },
    details: { type: 'string', description: 'What it is now.' },
    hostid: { type: 'string', since: '4.22.0', description: 'Id of the host that has it.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
