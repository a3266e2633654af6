import { existsSync, mkdirSync } from 'node:fs'
import { enableCompileCache, flushCompileCache } from 'node:module'
import { join, resolve } from 'node:path'
import { AltoError, systemRuntime } from '@altostack/core'
import { readServerOptions, type ServerOptions } from './server-options.ts'

/** Where a packaged server logs, as operators know it. */
const packagedLogDir = '/var/log/cloudstack/management'

async function main(): Promise<void> {
  const options = readServerOptions(process.argv.slice(2))
  keepCompiledCode(resolve(options.dataDir))
  const { createLogger } = await import('./log/logger.ts')
  const { startServer } = await import('./server.ts')
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
  // Node would write it at an orderly end, which a server that is killed never has.
  flushCompileCache()
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

/**
 * Compiled code is kept from start to start: half of a start's processor time. In the data directory, since whoever can
 * write it decides what this process runs. Modules that are imported before this are not kept.
 */
function keepCompiledCode(dataDir: string): void {
  const directory = join(dataDir, 'compile-cache')
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  enableCompileCache(directory)
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
