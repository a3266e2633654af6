export { reconcilePower } from './power-actions.ts'
export { type ReconcilerStatus, reconcilerStatuses } from './status.ts'
