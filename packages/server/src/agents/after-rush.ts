import type { Runtime } from '@altostack/core'

/** So many hosts are a rush; what fewer leave behind is not worth a pause. */
const rush = 500
/** Nobody has come for so long: what follows an arrival is over too. */
const quietMs = 20_000

/** V8's, where Node runs with `--expose-gc`. The last resort gives the pages back too, and shrinks the young generation. */
const { gc } = globalThis as {
  readonly gc?: (how: { type: 'major'; flavor: 'last-resort'; execution: 'sync' }) => void
}
const collector = gc && ((): void => gc({ type: 'major', flavor: 'last-resort', execution: 'sync' }))

/**
 * Thousands of hosts that come at once leave tens of megabytes to V8, which keeps them until the next rush: nothing else
 * fills them. They are given back once all are here and it is quiet, a pause of some tenths of a second.
 * The answer is called for each host that has come.
 */
export function collectAfterRush(runtime: Runtime, collect: (() => void) | undefined = collector): () => void {
  let came = 0
  let last = 0
  let waiting = false

  function look(): void {
    waiting = runtime.monotonic() - last < quietMs
    if (waiting) {
      later()
      return
    }
    if (came >= rush) collect?.()
    came = 0
  }
  function later(): void {
    waiting = true
    runtime.after(last + quietMs - runtime.monotonic(), look)
  }
  return () => {
    came++
    last = runtime.monotonic()
    if (!waiting) later()
  }
}
