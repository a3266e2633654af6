export * from './cluster.repository.ts'
export * from './cluster.service.ts'
export * from './cluster.view.ts'
