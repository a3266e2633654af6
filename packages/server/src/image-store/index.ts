export { type FoundImage, findImage } from './find-image.ts'
export { findOwnStore, type ImageStore, refTo, type StoreRef } from './image-store.repository.ts'
export {
  abandonImage,
  choosePlace,
  countImage,
  type ImagePlace,
  putImage,
  removeAbandoned,
  storeRetry,
} from './place-image.ts'
export { readRange, sendStored } from './send-stored.ts'
export { storeOf } from './store-of.ts'
export { fetchStored, type ImageFolder, openStored, ownPath, type StoredImage } from './stored-image.ts'
