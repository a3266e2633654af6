export { type FoundImage, findImage } from './find-image.ts'
export { readRange, sendStored } from './send-stored.ts'
export { type ImageFolder, openStored, ownPath, type StoredImage } from './stored-image.ts'
