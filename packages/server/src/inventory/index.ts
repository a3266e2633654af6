/** Names and uuids of the objects that answers mention: used by the views of every area. */
export * from './domain-names.ts'
export * from './owner-names.ts'
export * from './place-names.ts'
