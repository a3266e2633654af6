export * from './claims.ts'
export * from './recalculation.ts'
