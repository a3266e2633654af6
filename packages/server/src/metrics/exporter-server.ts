import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errorText } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { inNetworks, networkList } from '../http/client-address.ts'
import { cloudMetrics } from './cloud-metrics.ts'

export type Exporter = { readonly port: number; readonly close: () => Promise<void> }

/**
 * Answers Prometheus at /metrics on a port of its own, on all addresses, whom prometheus.exporter.allowed.ips names: the
 * cloud's figures, then this process's. A port that is taken is logged, and the server runs without.
 */
export async function startExporter(ctx: ServerContext, port: number, host?: string): Promise<Exporter | undefined> {
  const server = createServer(async (request, response) => {
    const answer = (status: number, type: string, text: string): void => {
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(text)
    }
    try {
      const allowed = networkList(await ctx.config.text('prometheus.exporter.allowed.ips'))
      const address = request.socket.remoteAddress ?? ''
      if (!inNetworks(allowed, address)) {
        const plain = address.replace(/^::ffff:/, '')
        answer(403, 'text/plain', `Forbidden: ${plain} is not in prometheus.exporter.allowed.ips.\n`)
      } else if (request.method !== 'GET') answer(405, 'text/plain', 'Use GET.\n')
      else if ((request.url ?? '').split('?')[0] !== '/metrics') answer(404, 'text/plain', 'Not found: /metrics.\n')
      else answer(200, ctx.metrics.contentType, (await cloudMetrics(ctx)) + (await ctx.metrics.render(ctx)))
    } catch (error) {
      ctx.log.error({ err: error }, `the exporter for Prometheus failed: ${errorText(error)}`)
      if (!response.headersSent)
        answer(500, 'text/plain', 'The exporter failed; the log of the server has the cause.\n')
    }
  })
  server.requestTimeout = 10_000
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(host === undefined ? { port } : { port, host }, resolve)
    })
  } catch (error) {
    ctx.log.error({ err: error, port }, 'the exporter for Prometheus cannot listen; the server runs without it')
    return undefined
  }
  ctx.log.info({ port }, 'listening for Prometheus')
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
