/** Resource tags: the door of the area. */
export * from './set-tags.ts'
export { carriesTag, deleteTagsOf, type TagPair, tagPairs } from './tag.repository.ts'
export * from './tag.view.ts'
