export { findLink, type ImageLink, linkedResource } from './link.repository.ts'
export { downloadPath, type Extracted, makeLink, publicOrigin, requireExtraction } from './make-link.ts'
export { takeUpload } from './take-upload.ts'
export { makeTicket, uploadPathPrefix } from './upload-ticket.ts'
