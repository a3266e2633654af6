import { type EventOf, type StateOf, stateMachine } from '../state-machine.ts'

/** Guest network states; Shared and L2 networks with fixed VLAN start in Setup. */
export const networkStates = stateMachine(
  'networks.state',
  [
    ['Allocated', 'ImplementNetwork', 'Implementing'],
    ['Allocated', 'DestroyNetwork', 'Destroy'],
    ['Implementing', 'OperationSucceeded', 'Implemented'],
    ['Implementing', 'OperationFailed', 'Shutdown'],
    ['Implemented', 'DestroyNetwork', 'Shutdown'],
    ['Shutdown', 'OperationSucceeded', 'Allocated'],
    ['Shutdown', 'OperationFailed', 'Shutdown'],
    ['Setup', 'DestroyNetwork', 'Destroy'],
  ],
  { transitional: ['Implementing', 'Shutdown'] },
)
export type NetworkState = StateOf<typeof networkStates>
export type NetworkStateEvent = EventOf<typeof networkStates>
