import { existsSync, mkdirSync } from 'node:fs'
import { enableCompileCache, flushCompileCache } from 'node:module'
import { join, resolve } from 'node:path'
import { AltoError, systemRuntime } from '@altostack/core'
import { resolveOwnImports } from '@altostack/core/own-imports'
import { readServerOptions, type ServerOptions } from './server-options.ts'

/** Where a packaged server logs, as operators know it. */
const packagedLogDir = '/var/log/cloudstack/management'

async function main(): Promise<void> {
  const options = readServerOptions(process.argv.slice(2))
  keepCompiledCode(resolve(options.dataDir))
  resolveOwnImports()
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
    // Shown to a person only: what is no terminal is a log or a journal, which others read and nobody erases.
    const shown = process.stderr.isTTY ? `: ${server.adminPassword}` : ''
    process.stderr.write(`Password of admin, kept in ${join(resolve(options.dataDir), 'admin-password')}${shown}\n`)
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

/** What an operator does about a port that cannot be opened. */
function socketRefusal(error: unknown): string | undefined {
  const { code, syscall, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  if (syscall !== 'listen') return undefined
  const why = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be opened (${code})`
  return `Port ${port} of ${address} ${why}. Stop that program or give --port, --https-port and --agent-port others.`
}

main().catch((error: unknown) => {
  const known = error instanceof AltoError
  process.stderr.write(
    known
      ? `${error.message}${error.seen ? ` (${error.seen})` : ''}. ${error.fix}\n`
      : `${socketRefusal(error) ?? (error instanceof Error ? error.stack : String(error))}\n`,
  )
  process.exit(1)
})
