import { type EventOf, type StateOf, stateMachine } from '../state-machine.ts'

/** States of a virtual machine's snapshot, which lives inside its disks. */
export const vmSnapshotStates = stateMachine(
  'vm_snapshots.state',
  [
    ['Allocated', 'CreateRequested', 'Creating'],
    ['Creating', 'OperationSucceeded', 'Ready'],
    ['Creating', 'OperationFailed', 'Error'],
    ['Ready', 'RevertRequested', 'Reverting'],
    ['Reverting', 'OperationSucceeded', 'Ready'],
    ['Reverting', 'OperationFailed', 'Ready'],
    ['Ready', 'ExpungeRequested', 'Expunging'],
    ['Error', 'ExpungeRequested', 'Expunging'],
    ['Expunging', 'OperationSucceeded', 'Removed'],
    ['Expunging', 'OperationFailed', 'Error'],
  ],
  { transitional: ['Creating', 'Reverting', 'Expunging'] },
)
export type VmSnapshotState = StateOf<typeof vmSnapshotStates>
export type VmSnapshotStateEvent = EventOf<typeof vmSnapshotStates>
