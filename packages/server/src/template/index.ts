export { removeUnusedCopies } from './copies.ts'
export { ensureTemplateOnPool, forgetTemplateCopy, type TemplateWanted } from './ensure-template.ts'
export { findStoreRef, findTemplate, type Template } from './template.repository.ts'
export { type TemplateView, templateViews } from './template.view.ts'
