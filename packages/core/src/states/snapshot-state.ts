import { type EventOf, type StateOf, stateMachine } from '../state-machine.ts'

/** States of a volume's snapshot: made beside the volume, then backed up to the image store. */
export const snapshotStates = stateMachine(
  'snapshots.status',
  [
    ['Allocated', 'CreateRequested', 'Creating'],
    ['Creating', 'OperationSucceeded', 'CreatedOnPrimary'],
    ['Creating', 'OperationFailed', 'Error'],
    ['CreatedOnPrimary', 'BackupToSecondary', 'BackingUp'],
    ['CreatedOnPrimary', 'OperationFailed', 'Error'],
    ['BackingUp', 'OperationSucceeded', 'BackedUp'],
    ['BackingUp', 'OperationFailed', 'Error'],
    ['BackedUp', 'DestroyRequested', 'Destroying'],
    ['BackedUp', 'CopyingRequested', 'Copying'],
    ['Copying', 'OperationSucceeded', 'BackedUp'],
    ['Copying', 'OperationFailed', 'BackedUp'],
    ['Error', 'DestroyRequested', 'Destroying'],
    ['Destroying', 'OperationSucceeded', 'Destroyed'],
    ['Destroying', 'OperationFailed', 'Error'],
  ],
  { transitional: ['Creating', 'CreatedOnPrimary', 'BackingUp', 'Copying', 'Destroying'] },
)
export type SnapshotState = StateOf<typeof snapshotStates>
export type SnapshotStateEvent = EventOf<typeof snapshotStates>
