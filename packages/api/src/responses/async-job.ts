import { defineResponse } from '../define-response.ts'
import { jobStepResponse } from './job-step.ts'

export const asyncJobResponse = defineResponse({
  name: 'AsyncJobResponse',
  fields: {
    accountid: { type: 'string', description: 'Id of the account.' },
    account: { type: 'string', description: 'Account of who asked for it.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domainpath: { type: 'string', description: 'Path of the domain, e.g. ROOT/a.' },
    userid: { type: 'string', description: 'Id of the user.' },
    cmd: { type: 'string', description: 'Command of the job.' },
    jobprocstatus: { type: 'integer', description: 'Progress as a number; kept for clients.' },
    jobresultcode: { type: 'integer', description: '0, or the error code.' },
    jobresulttype: { type: 'string', description: 'object or text.' },
    jobresult: { type: 'object', description: 'The answer of the command, or errorcode and errortext.' },
    jobinstancetype: { type: 'string', description: 'Type of the object that the job works on.' },
    jobinstanceid: { type: 'string', description: 'Id of the object that the job works on.' },
    managementserverid: {
      type: 'string',
      roles: ['Admin'],
      since: '4.19',
      description: 'Id of the management server.',
    },
    managementservername: {
      type: 'string',
      roles: ['Admin'],
      since: '4.21.0',
      description: 'Name of the management server.',
    },
    created: { type: 'date', description: 'When it was created.' },
    completed: { type: 'date', description: 'When it ended.' },
    jobid: { type: 'string', description: 'Id of the job.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
    description: {
      type: 'string',
      since: '0.1.0',
      extension: true,
      description: 'What it does, as its events say; while they are kept.',
    },
    steps: {
      type: 'list',
      of: jobStepResponse,
      since: '0.1.0',
      extension: true,
      description: 'The steps as they were saved; where one job is asked for.',
    },
    progress: {
      type: 'map',
      since: '0.1.0',
      extension: true,
      description: 'How far it is: step, steps, percent, and for a migration bytes moved and left.',
    },
  },
})
