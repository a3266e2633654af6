import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

const worthwhile = 4096
const pack = promisify(gzip)

/** The body, gzipped where the caller takes that and it saves something; small answers, among them secrets, stay as they are. */
export async function compressed(request: FastifyRequest, reply: FastifyReply, body: string): Promise<string | Buffer> {
  if (body.length < worthwhile || !/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return body
  reply.header('Content-Encoding', 'gzip').header('Vary', 'Accept-Encoding')
  return await pack(body, { level: 4 })
}
