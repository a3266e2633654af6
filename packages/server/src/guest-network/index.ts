export { guestDataOf, guestPasswordPurpose, hasConfigDrive } from './guest-data.ts'
export { groupStates, secondaryAddresses, withNamedGroups } from './host-state.ts'
export { protectHost } from './protection.ts'
export { guestNetworkVersion, noteGuestNetwork } from './work.repository.ts'
