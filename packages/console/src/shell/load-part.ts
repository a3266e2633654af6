import { shallowRef } from 'vue'
import { ApiFailure } from '../api/api-failure.ts'

/** A connection that breaks while a part comes is no end of it: it is asked for again after so long. */
const againMs = [200, 800, 2500]

/** Set when a part did not come at all. */
export const partFailure = shallowRef<ApiFailure>()

/**
 * A page or a panel that is fetched when it is first needed. What never comes is told: the server does not answer, or
 * another version of it has another console.
 */
export function part<T>(load: () => Promise<T>): () => Promise<T> {
  return async () => {
    for (const pause of [...againMs, undefined]) {
      try {
        return await load()
      } catch (error) {
        if (pause === undefined) break
        await new Promise((resolve) => setTimeout(resolve, pause))
        await fetchStyles(error)
      }
    }
    partFailure.value = new ApiFailure({
      code: 'console.part',
      status: 0,
      cause: 'A part of the console could not be fetched',
      fix: 'Check that the management server runs, then load the page again: after an upgrade it has a newer console.',
    })
    throw partFailure.value
  }
}

/** Styles that failed once count as there for the bundler: they are linked anew. */
async function fetchStyles(error: unknown): Promise<void> {
  const href = /Unable to preload CSS for (\S+)/.exec(String(error))?.[1]
  if (href === undefined) return
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = href
  await new Promise((resolve) => {
    link.onload = resolve
    link.onerror = resolve
    document.head.append(link)
  })
}
