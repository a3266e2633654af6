export * from './pod.repository.ts'
export * from './pod.service.ts'
export * from './pod.view.ts'
export * from './pod-ranges.ts'
