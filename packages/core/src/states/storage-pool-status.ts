import { type EventOf, type StateOf, stateMachine } from '../state-machine.ts'

/** Primary storage pool status; event names are ours, states are CloudStack's. */
export const storagePoolStatuses = stateMachine(
  'storage_pool.status',
  [
    ['Initial', 'Initialize', 'Initialized'],
    ['Initialized', 'Attach', 'Attaching'],
    ['Initialized', 'Fail', 'Removed'],
    ['Attaching', 'Attached', 'Up'],
    ['Attaching', 'Fail', 'Removed'],
    ['Up', 'AskMaintenance', 'PrepareForMaintenance'],
    ['Up', 'Disable', 'Disabled'],
    ['Up', 'Remove', 'Removed'],
    ['Disabled', 'Enable', 'Up'],
    ['Disabled', 'Remove', 'Removed'],
    ['PrepareForMaintenance', 'EnterMaintenance', 'Maintenance'],
    ['PrepareForMaintenance', 'Fail', 'ErrorInMaintenance'],
    ['PrepareForMaintenance', 'Cancel', 'CancelMaintenance'],
    ['ErrorInMaintenance', 'AskMaintenance', 'PrepareForMaintenance'],
    ['ErrorInMaintenance', 'Cancel', 'CancelMaintenance'],
    ['Maintenance', 'Cancel', 'CancelMaintenance'],
    ['Maintenance', 'Remove', 'Removed'],
    ['CancelMaintenance', 'Cancelled', 'Up'],
    ['CancelMaintenance', 'Fail', 'ErrorInMaintenance'],
  ],
  { transitional: ['Initialized', 'Attaching', 'PrepareForMaintenance', 'CancelMaintenance'] },
)
export type StoragePoolStatus = StateOf<typeof storagePoolStatuses>
export type StoragePoolStatusEvent = EventOf<typeof storagePoolStatuses>
