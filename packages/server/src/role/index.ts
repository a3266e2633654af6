export * from './role.repository.ts'
export * from './role.service.ts'
export * from './role.view.ts'
