const endings = new Set<() => void>()

/** Runs when this process is told to end before its time; answers what takes it back. */
export function atEnd(ending: () => void): () => void {
  if (endings.size === 0) {
    process.once('SIGTERM', end)
    process.once('SIGINT', end)
  }
  endings.add(ending)
  return () => void endings.delete(ending)
}

function end(): void {
  for (const ending of [...endings].reverse()) {
    try {
      ending()
    } catch {
      // The others shall run all the same.
    }
  }
  process.exit(1)
}
