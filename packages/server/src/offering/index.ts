export * from './network-offering.repository.ts'
export * from './service-offering.repository.ts'
export * from './service-offering.view.ts'
