import { join, resolve } from 'node:path'

/** The checkout that this CLI runs from. */
export function repositoryRoot(): string {
  return process.env.ALTO_ROOT ?? resolve(join(import.meta.dirname, '..', '..', '..'))
}
