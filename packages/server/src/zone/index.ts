export * from './zone.repository.ts'
export * from './zone.service.ts'
export * from './zone.view.ts'
