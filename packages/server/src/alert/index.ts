export { type AlertType, alertTypes } from './alert-types.ts'
export { type AlertPlace, clearAlert, type NewAlert, raiseAlert } from './raise-alert.ts'
