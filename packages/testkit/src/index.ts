export * from './mariadb.ts'
export * from './node-sqlite.ts'
export * from './simulated-runtime.ts'
