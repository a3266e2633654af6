import type { Runtime } from '@altostack/core'

/** Rows of one slice. Each has a handful of indexes, and SQLite deletes in the thread that answers requests. */
const sliceRows = 500

/**
 * Deletes what may be a great many rows: asks for the ids of some, deletes those in a commit of their own, lets others
 * work, and goes on until there are none. Killed in between, the next turn finds the rest.
 */
export async function deleteInSlices(
  runtime: Pick<Runtime, 'sleep'>,
  find: (limit: number) => Promise<readonly { readonly id: number }[]>,
  remove: (ids: readonly number[]) => Promise<unknown>,
): Promise<void> {
  for (;;) {
    const rows = await find(sliceRows)
    if (rows.length > 0) await remove(rows.map((row) => row.id))
    if (rows.length < sliceRows) return
    await runtime.sleep(0)
  }
}
