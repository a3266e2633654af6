import { defineCommand } from '../define-command.ts'
import { paging } from '../params/paging.ts'
import { evidenceResponse } from '../responses/evidence.ts'

export const listEvidence = defineCommand({
  name: 'listEvidence',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '0.1.0',
  description:
    'Lists what the flight recorder holds: every move of a state with its cause and the evidence seen, newest first. alto why shows it.',
  params: {
    resourceid: { type: 'string', description: 'Only moves of this object.' },
    resourcetype: { type: 'string', description: 'Only moves of this type of object, e.g. VirtualMachine or Host.' },
    startdate: { type: 'date', description: 'Moves from this time on.' },
    enddate: { type: 'date', description: 'Moves up to this time.' },
    after: { type: 'long', min: 0, description: 'Only moves with a higher sequence number.' },
    keyword: { type: 'string', description: 'Only moves whose cause contains this text.' },
    ...paging,
  },
  response: evidenceResponse,
  key: 'evidence',
  extension: true,
})
