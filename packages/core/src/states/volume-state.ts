import { type EventOf, type StateOf, stateMachine } from '../state-machine.ts'

/** Volume states. */
export const volumeStates = stateMachine(
  'volumes.state',
  [
    ['Allocated', 'CreateRequested', 'Creating'],
    ['Allocated', 'DestroyRequested', 'Destroy'],
    ['Creating', 'OperationSucceeded', 'Ready'],
    ['Creating', 'OperationFailed', 'Allocated'],
    ['Creating', 'DestroyRequested', 'Destroy'],
    ['Ready', 'DestroyRequested', 'Destroy'],
    ['Ready', 'ResizeRequested', 'Resizing'],
    ['Ready', 'MigrationRequested', 'Migrating'],
    ['Ready', 'SnapshotRequested', 'Snapshotting'],
    ['Ready', 'AttachRequested', 'Attaching'],
    ['Resizing', 'OperationSucceeded', 'Ready'],
    ['Resizing', 'OperationFailed', 'Ready'],
    ['Migrating', 'OperationSucceeded', 'Ready'],
    ['Migrating', 'OperationFailed', 'Ready'],
    ['Snapshotting', 'OperationSucceeded', 'Ready'],
    ['Snapshotting', 'OperationFailed', 'Ready'],
    ['Attaching', 'OperationSucceeded', 'Ready'],
    ['Attaching', 'OperationFailed', 'Ready'],
    ['Ready', 'RevertSnapshotRequested', 'RevertSnapshotting'],
    ['RevertSnapshotting', 'OperationSucceeded', 'Ready'],
    ['RevertSnapshotting', 'OperationFailed', 'Ready'],
    ['Destroy', 'ExpungingRequested', 'Expunging'],
    ['Destroy', 'RecoverRequested', 'Ready'],
    ['Expunging', 'OperationSucceeded', 'Expunged'],
    ['Expunging', 'OperationFailed', 'Destroy'],
  ],
  {
    transitional: ['Creating', 'Resizing', 'Migrating', 'Snapshotting', 'RevertSnapshotting', 'Attaching', 'Expunging'],
  },
)
export type VolumeState = StateOf<typeof volumeStates>
export type VolumeStateEvent = EventOf<typeof volumeStates>
