import { createHash } from 'node:crypto'

/** The ordered log of one simulation. Its digest is the proof that a seed is one execution. */
export type Trace = {
  /** A line for readers; `whole` also goes into the digest. */
  readonly note: (line: string, whole?: string) => void
  readonly digest: () => string
  readonly lines: () => readonly string[]
}

export function createTrace(now: () => number, options: { readonly print?: (line: string) => void } = {}): Trace {
  const hash = createHash('sha256')
  const lines: string[] = []
  const began = now()
  return {
    note(line, whole) {
      const text = `${String(Math.round(now() - began)).padStart(9)} ms  ${line}`
      hash.update(whole === undefined ? `${text}\n` : `${text}\n${whole}\n`)
      lines.push(text)
      options.print?.(text)
    },
    digest: () => hash.copy().digest('hex'),
    lines: () => lines,
  }
}
