/** The handler of a list of what cannot exist in this version: truthfully empty, whatever is asked for. */
export const emptyList = {
  list: async (): Promise<{ readonly count: number; readonly items: readonly never[] }> => ({ count: 0, items: [] }),
} as const
