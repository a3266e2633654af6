import { gzipSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

const worthwhile = 4096

/**
 * The body, gzipped where the caller takes that and it saves something; small answers, among them secrets, stay as they
 * are. At once and not in a thread: level 1 takes a millisecond or two of the largest page, and the streams that the
 * threads need kept 100 MB of the process after some thousand answers.
 */
export function compressed(request: FastifyRequest, reply: FastifyReply, body: string): string | Buffer {
  if (body.length < worthwhile || !/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return body
  reply.header('Content-Encoding', 'gzip').header('Vary', 'Accept-Encoding')
  return gzipSync(body, { level: 1 })
}
