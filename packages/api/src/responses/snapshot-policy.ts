import { defineResponse } from '../define-response.ts'
import { tagResponse } from './tag.ts'

export const snapshotPolicyResponse = defineResponse({
  name: 'SnapshotPolicyResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    volumeid: { type: 'string', description: 'Id of the volume.' },
    volumename: { type: 'string', description: 'Name of the volume.' },
    schedule: { type: 'string', description: 'When: MM, MM:HH, or MM:HH:DAY.' },
    intervaltype: { type: 'integer', description: '0 hourly, 1 daily, 2 weekly, 3 monthly.' },
    maxsnaps: { type: 'integer', description: 'Snapshots that are kept.' },
    timezone: { type: 'string', description: 'Time zone of the schedule.' },
    fordisplay: { type: 'boolean', description: 'Whether its owner sees it.' },
    nextrun: { type: 'date', extension: true, description: 'When it is due next.' },
    tags: { type: 'set', of: tagResponse, description: 'Resource tags.' },
    hasannotations: { type: 'boolean', description: 'Whether a comment is attached to it.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
