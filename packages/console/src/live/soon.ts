/** A task that is asked for again and again and done once, `ms` after the first time it was asked for. */
export function soon(ms: number, task: () => unknown): () => void {
  const timer: { due: boolean } = { due: false }
  return () => {
    if (timer.due) return
    timer.due = true
    setTimeout(() => {
      timer.due = false
      task()
    }, ms)
  }
}
