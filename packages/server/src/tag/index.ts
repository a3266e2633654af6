/** Resource tags: the door of the area. */
export * from './set-tags.ts'
export { carriesTag, type TagPair, tagPairs } from './tag.repository.ts'
export * from './tag.view.ts'
