import { relative } from 'node:path'
import type { run } from 'node:test'

/** What a run of test files says, as plain data: it crosses a pipe. Files are paths from the repository's root. */
export type TestEvent =
  | { readonly is: 'passed' | 'suite'; readonly file: string; readonly name: string; readonly ms: number }
  | { readonly is: 'skipped'; readonly name: string; readonly reason: string }
  | { readonly is: 'failed'; readonly file: string; readonly name: string; readonly cause: string; readonly ms: number }
  /** A file with a process of its own has ended. */
  | { readonly is: 'ended'; readonly file: string; readonly ms: number }
  /** What nobody caught is told by a diagnosis alone (untracked-promises.ts). */
  | { readonly is: 'uncaught'; readonly file: string; readonly text: string }
  | { readonly is: 'stderr'; readonly text: string }

type Stream = ReturnType<typeof run>

/** Gives what the runner's stream says, and resolves at its end. */
export async function eventsOf(stream: Stream, give: (event: TestEvent) => void): Promise<void> {
  stream.on('test:pass', (event) => {
    if (event.skip !== undefined && event.skip !== false) {
      // A skipped suite counts as one test: those in it are never seen.
      give({ is: 'skipped', name: event.name, reason: event.skip === true ? '' : event.skip })
      return
    }
    const is = event.details.type === 'suite' ? 'suite' : 'passed'
    give({ is, file: fileOf(event.file), name: event.name, ms: outermost(event) })
  })
  stream.on('test:fail', (event) => {
    // Its tests have failed, and are counted.
    if (event.details.type === 'suite') return
    const error = event.details.error as Error & { cause?: unknown }
    const cause =
      error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : String(error.cause ?? error.message)
    give({ is: 'failed', file: fileOf(event.file), name: event.name, cause, ms: outermost(event) })
  })
  stream.on('test:summary', (event) => {
    if (event.file !== undefined) give({ is: 'ended', file: fileOf(event.file), ms: event.duration_ms })
  })
  stream.on('test:diagnostic', ({ file, message }) => {
    if (message.startsWith('Error: ')) give({ is: 'uncaught', file: fileOf(file), text: message })
  })
  stream.on('test:stderr', (event) => give({ is: 'stderr', text: event.message }))
  for await (const _ of stream) {
    // Drained: the listeners above have seen every event.
  }
}

function fileOf(file: string | undefined): string {
  return file === undefined ? '' : relative('.', file)
}

/** Time of what is in no suite: added up, that of its file. */
function outermost(event: { readonly nesting: number; readonly details: { readonly duration_ms: number } }): number {
  return event.nesting === 0 ? event.details.duration_ms : 0
}
