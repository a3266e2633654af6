export * from './account.repository.ts'
export * from './account.service.ts'
export * from './account.view.ts'
export * from './owner.ts'
