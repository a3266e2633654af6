export * from './choose-groups.ts'
export * from './security-group.repository.ts'
export * from './security-group.view.ts'
