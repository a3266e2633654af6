import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type DestinationStream, type Logger, multistream, pino } from 'pino'

/** What stands on each line while a request, job or step is worked on. */
export type LogScope = {
  readonly requestId?: string
  readonly command?: string
  readonly user?: string
  readonly runId?: string
  readonly step?: string
}

const scopes = new AsyncLocalStorage<LogScope>()

/** Runs `body` with more fields on its log lines. */
export function withLogScope<R>(scope: LogScope, body: () => R): R {
  return scopes.run({ ...scopes.getStore(), ...scope }, body)
}

/** Names whose values never reach a log, at any of the first levels of a line. */
const secretNames = [
  'password',
  'secretkey',
  'secretKey',
  'secret_key',
  'apikey',
  'apiKey',
  'signature',
  'sessionkey',
  'sessionKey',
  'token',
  'vncpassword',
  'privatekey',
  'authorization',
  'cookie',
]
const redact = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

export type LogOptions = {
  readonly level: string
  /** Writes `management-server.log` there too. */
  readonly directory?: string | undefined
  /** Instead of standard error. */
  readonly stream?: DestinationStream
}

/** NDJSON: a constant message plus fields. */
export function createLogger(options: LogOptions): Logger {
  const streams = [{ level: 'trace' as const, stream: options.stream ?? enduring({ fd: 2, sync: true }) }]
  if (options.directory) {
    mkdirSync(options.directory, { recursive: true, mode: 0o750 })
    const dest = join(options.directory, 'management-server.log')
    streams.push({ level: 'trace' as const, stream: enduring({ dest, append: true, sync: true }) })
  }
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: redact, censor: '[redacted]' },
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => scopes.getStore() ?? {},
    },
    multistream(streams),
  )
}

/** A destination whose full disk costs lines of the log and not the answer to a request. */
function enduring(options: Parameters<typeof pino.destination>[0]): DestinationStream {
  const destination = pino.destination(options)
  destination.on('error', () => undefined)
  return {
    write(line) {
      try {
        destination.write(line)
      } catch {
        // Nowhere is left to say it.
      }
    },
  }
}
