import { errorCatalogue, failures } from '../errors.ts'

/** Failures that the workflow engine itself gives a run. */
export const workflowErrors = errorCatalogue({
  'workflow.cancelled': {
    api: 530,
    cause: 'Somebody asked to cancel the operation; what it had done was taken back.',
    fix: 'Nothing; start it again when it is wanted.',
  },
  'workflow.deadline': {
    api: 530,
    cause: 'A step did not end within its deadline.',
    fix: 'The text names the step; look at what it waits for.',
  },
  'workflow.preempted': {
    api: 530,
    cause: 'An operation of higher rank took over what this one was working on.',
    fix: 'Wait for that operation, then look at the object again.',
  },
  'workflow.busy': {
    api: 530,
    cause: 'Another operation on the same object is still running.',
    fix: 'Wait until it ends, or cancel it.',
  },
  'workflow.bug': {
    api: 530,
    cause: 'A step failed in a way that its author did not foresee; what the operation had done was taken back.',
    fix: 'The server log has the cause under the id of the run; report it.',
  },
  'workflow.retries': {
    api: 530,
    cause: 'A step was tried as often as it may be and what it waits for did not come.',
    fix: 'The text names what it waited for.',
  },
})
export const workflowFailure: ReturnType<typeof failures<typeof workflowErrors>> = failures(workflowErrors)
