export type { Attached, NotAttached } from './attach.ts'
export {
  findPool,
  findPoolByUuid,
  hostsOfPool,
  localPoolsOf,
  type Pool,
  poolsByIds,
  poolsOfHost,
  requirePool,
} from './pool.repository.ts'
export { movePoolStatus } from './pool.states.ts'
export { type PoolView, poolViews } from './pool.view.ts'
export { hostPoolRef } from './pool-ref.ts'
export { poolsListener } from './pools.listener.ts'
export { forgetTemplateCopies, templateCopiesOn } from './template-copies.repository.ts'
export { stepTokens } from './tokens.ts'
