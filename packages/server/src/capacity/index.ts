export * from './capacity.view.ts'
export * from './claims.ts'
export * from './recalculation.ts'
