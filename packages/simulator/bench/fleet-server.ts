import { startTlsServer } from '../src/testing/tls-server.ts'

/** The in-test server as a process of its own, so that the fleet's memory can be told apart. */
const server = await startTlsServer()
process.on('message', (message: { tokens?: number; ask?: true }) => {
  if (message.tokens !== undefined) {
    process.send?.({ port: server.port, tokens: Array.from({ length: message.tokens }, () => server.token()) })
  } else process.send?.({ connected: server.hosts.size })
})
process.on('disconnect', () => process.exit(0))
