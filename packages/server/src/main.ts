import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AltoError, systemRuntime } from '@altostack/core'
import { createLogger } from './log/logger.ts'
import { startServer } from './server.ts'
import { readServerOptions, type ServerOptions } from './server-options.ts'

/** Where a packaged server logs, as operators know it. */
const packagedLogDir = '/var/log/cloudstack/management'

async function main(): Promise<void> {
  const options = readServerOptions(process.argv.slice(2))
  const log = createLogger({ level: options.logLevel, directory: logDirectory(options) })
  const server = await startServer({
    ...options,
    runtime: systemRuntime(),
    log,
    onLeaseLost: () => process.exit(75),
  })
  if (server.adminPassword !== undefined) {
    process.stderr.write(
      `Password of admin, shown once and kept in ${join(resolve(options.dataDir), 'admin-password')}: ${server.adminPassword}\n`,
    )
  }
  if (options.printReady) {
    process.stdout.write(
      `${JSON.stringify({ ready: true, ports: server.ports, pid: process.pid, dataDir: server.ctx.dataDir })}\n`,
    )
  }
  let stopping = false
  const stop = (signal: string): void => {
    // A second signal does not wait.
    if (stopping) process.exit(130)
    stopping = true
    log.info({ signal }, 'stopping')
    server.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'))
}

function logDirectory(options: ServerOptions): string {
  if (options.logDir) return options.logDir
  return existsSync(packagedLogDir) ? packagedLogDir : join(resolve(options.dataDir), 'log')
}

main().catch((error: unknown) => {
  const known = error instanceof AltoError
  process.stderr.write(
    known
      ? `${error.message}${error.seen ? ` (${error.seen})` : ''}. ${error.fix}\n`
      : `${error instanceof Error ? error.stack : String(error)}\n`,
  )
  process.exit(1)
})
