import { defineCommand } from '../define-command.ts'

export const cancelAsyncJob = defineCommand({
  name: 'cancelAsyncJob',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'ASYNC.JOB.CANCEL',
  since: '0.1.0',
  description:
    'Asks a job that is still running to stop. Its workflow looks at the request between two steps, unwinds what it did and ends as failed; a job past its last reversible step finishes.',
  params: {
    jobid: {
      type: 'uuid',
      entity: 'AsyncJob',
      access: 'operate',
      required: true,
      description: 'The job to cancel; one of the caller, or any for an administrator of its domain.',
    },
  },
  response: 'success',
  extension: true,
})
