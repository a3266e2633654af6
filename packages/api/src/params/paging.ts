import type { Params } from '../define-command.ts'

/** How every list is cut into pages. */
export const paging = {
  page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
  pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
} as const satisfies Params

/** Lists whose keyword is looked for in names. */
export const namePaging = {
  keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
  ...paging,
} as const satisfies Params
