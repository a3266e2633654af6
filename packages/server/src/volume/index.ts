export * from './volume.repository.ts'
export * from './volume.service.ts'
export * from './volume.states.ts'
export { volumeViews } from './volume.view.ts'
