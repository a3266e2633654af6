import { writeSync } from 'node:fs'
import { AltoError } from '@altostack/core'

export function explain(error: unknown): string {
  if (error instanceof AltoError)
    return `${error.message}${error.seen === undefined ? '' : ` (${error.seen})`}. ${error.fix}`
  return error instanceof Error ? error.message : String(error)
}

export function print(text: string): number {
  writeSync(1, text)
  return 0
}
