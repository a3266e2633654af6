export * from './console-session.repository.ts'
