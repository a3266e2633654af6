export type { ServerContext } from './context.ts'
export { createLogger } from './log/logger.ts'
export { type Server, type ServerSettings, startServer } from './server.ts'
export { readServerOptions, type ServerOptions } from './server-options.ts'
