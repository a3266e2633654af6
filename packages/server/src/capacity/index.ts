export * from './capacity.view.ts'
export type { CapacitySum } from './capacity-list.repository.ts'
export * from './claims.ts'
export * from './recalculation.ts'
