import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Logger, type LoggerOptions, pino } from 'pino'

export type Log = Logger

/** NDJSON log; `-` writes to standard output. Constant messages plus fields; secrets are redacted by key. */
export function openLog(path: string, level = 'info'): Log {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label.toUpperCase() }) },
    redact: {
      paths: ['vncPassword', 'secret', '*.vncPassword', '*.secret', 'params.spec.vncPassword'],
      censor: '[redacted]',
    },
  }
  if (path === '-') return pino(options, pino.destination({ dest: 1, sync: true }))
  mkdirSync(dirname(path), { recursive: true })
  // Append and reopen on SIGHUP, so that logrotate works without a copy; synchronous, so that a crash loses no line.
  const destination = pino.destination({ dest: path, append: true, sync: true, mkdir: true })
  process.on('SIGHUP', () => destination.reopen())
  return pino(options, destination)
}

/** Swallows everything; for tests and one-shot subcommands. */
export function silentLog(): Log {
  return pino({ level: 'silent' })
}
