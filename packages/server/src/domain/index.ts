export * from './domain.repository.ts'
export * from './domain.service.ts'
export * from './domain.view.ts'
