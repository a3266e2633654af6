import { apiFailure } from '@altostack/core'

export type Page = {
  /** Rows to leave out. */
  readonly offset: number
  /** Rows to answer; null: all. */
  readonly limit: number | null
}

/**
 * The slice that page and pagesize ask for. `defaultPageSize` is the setting default.page.size: the page without both,
 * and the largest page. Throws 431 when only one is given, when the page is too large, or for numbers below 1.
 * pagesize=-1 means all and stands alone.
 */
export function resolvePage(
  input: { readonly page?: number | undefined; readonly pagesize?: number | undefined },
  defaultPageSize: number,
): Page {
  const { page, pagesize } = input
  if (page === undefined && pagesize === undefined)
    return { offset: 0, limit: defaultPageSize < 0 ? null : defaultPageSize }
  if (pagesize === -1) {
    if (page !== undefined) throw bad('page has no meaning with pagesize=-1', 'Leave page out.')
    return { offset: 0, limit: null }
  }
  if (page === undefined || pagesize === undefined) {
    throw bad('page and pagesize must be given together', 'Send both or none.')
  }
  if (page < 1 || pagesize < 1) throw bad('page and pagesize start at 1', 'Send numbers from 1.')
  if (defaultPageSize >= 0 && pagesize > defaultPageSize) {
    throw bad(
      `pagesize ${pagesize} is larger than ${defaultPageSize}`,
      'Ask for smaller pages or raise default.page.size.',
    )
  }
  return { offset: (page - 1) * pagesize, limit: pagesize }
}

function bad(message: string, fix: string): ReturnType<typeof apiFailure> {
  return apiFailure('api.parameter', `Invalid paging: ${message}`, { fix })
}

/** The page's part of rows that are all in memory. */
export function slicePage<T>(rows: readonly T[], page: Page): readonly T[] {
  return rows.slice(page.offset, page.limit === null ? undefined : page.offset + page.limit)
}
