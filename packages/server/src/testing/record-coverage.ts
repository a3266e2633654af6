import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerContext } from '../context.ts'

type Line = Readonly<Record<string, unknown>>

/**
 * With ALTO_COVERAGE_DIR set, a test server that stops notes which error codes it gave and which event types it wrote;
 * tools/check-coverage.ts compares the notes of a whole run with the lists of what nothing provokes yet.
 */
export async function recordCoverage(ctx: ServerContext, lines: readonly Line[]): Promise<void> {
  const directory = process.env.ALTO_COVERAGE_DIR
  if (!directory) return
  const events = await ctx.db.selectFrom('event').select('type').distinct().execute()
  const errors = new Set(lines.flatMap((line) => [line.code, (line.failure as Line | undefined)?.code]))
  mkdirSync(directory, { recursive: true })
  const notes = [
    ...[...errors].filter((code) => typeof code === 'string').map((code) => `error ${code}`),
    ...events.map(({ type }) => `event ${type}`),
  ]
  appendFileSync(join(directory, `${process.pid}.txt`), notes.map((note) => `${note}\n`).join(''))
}
