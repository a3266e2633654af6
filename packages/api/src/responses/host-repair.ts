import { defineResponse } from '../define-response.ts'
import { hostCheckResultResponse } from './host-check.ts'

export const repairChangeResponse = defineResponse({
  name: 'HostRepairChangeResponse',
  fields: {
    what: { type: 'string', description: 'What is changed.' },
    before: { type: 'string', description: 'Its old value.' },
    after: { type: 'string', description: 'Its new value.' },
  },
})

export const hostRepairResponse = defineResponse({
  name: 'HostRepairResponse',
  fields: {
    id: { type: 'string', description: 'Id, for restoreHostRepair.' },
    hostid: { type: 'string', description: 'Id of the host.' },
    hostname: { type: 'string', description: 'Name of the host.' },
    repair: { type: 'string', description: 'Name of the repair.' },
    check: { type: 'string', description: 'The check that asked for it.' },
    state: { type: 'string', description: 'Planned, Applied, Failed or Restored.' },
    restorable: { type: 'boolean', description: 'Whether restoreHostRepair can take it back.' },
    change: { type: 'list', of: repairChangeResponse, description: 'What it changed.' },
    created: { type: 'date', description: 'When it was planned.' },
    applied: { type: 'date', description: 'When it was made.' },
    restored: { type: 'date', description: 'When it was taken back.' },
  },
})

export const hostRepairsResponse = defineResponse({
  name: 'HostRepairsResponse',
  fields: {
    hostid: { type: 'string', description: 'Id of the host.' },
    hostname: { type: 'string', description: 'Name of the host.' },
    repair: { type: 'list', of: hostRepairResponse, description: 'The repairs that were made.' },
    check: { type: 'list', of: hostCheckResultResponse, description: 'The repaired checks, looked at again.' },
    left: { type: 'list', of: hostCheckResultResponse, description: 'Failed checks that no repair heals.' },
  },
})
