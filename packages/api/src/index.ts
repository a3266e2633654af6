export * from './define-command.ts'
export * from './define-response.ts'
export * from './registry.ts'
export * from './responses/index.ts'
