export * from './user.repository.ts'
export * from './user.service.ts'
export * from './user.view.ts'
