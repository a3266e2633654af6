import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ServerContext } from '../context.ts'

/** Where `packages/console` puts what it builds. */
export const builtConsole = fileURLToPath(new URL('../../../console/dist', import.meta.url))

/** Stands in the built page for the nonce of one answer; vite's `html.cspNonce` writes it. */
const noncePlace = '__CSP_NONCE__'
const pages = ['/', '/index.html', '/client', '/client/', '/client/index.html']

/**
 * The console at `/` and `/client/`, the same page at both and no redirect between them. Nothing is inline and nothing
 * comes from another origin, but for style elements that carry the nonce of the answer: components make theirs at run time.
 */
export function registerConsole(app: FastifyInstance, ctx: ServerContext, directory: string): void {
  for (const url of pages) {
    app.get(url, async (_request, reply) => {
      const page = await readFile(join(directory, 'index.html'), 'utf8').catch(() => undefined)
      if (page === undefined) return notBuilt(reply)
      const nonce = Buffer.from(ctx.runtime.randomBytes(16)).toString('base64')
      return securityHeaders(reply, nonce)
        .header('Cache-Control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(page.replaceAll(noncePlace, nonce))
    })
  }
  // Loaded here: 34 modules that a server without a console (tests) does not need.
  app.register(import('@fastify/static'), {
    root: directory,
    prefix: '/client/',
    index: false,
    redirect: false,
    dotfiles: 'ignore',
    preCompressed: true,
    decorateReply: false,
    suppressWarning: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      securityHeaders(reply, undefined)
      // The name of an asset holds a hash of its content.
      const kept = path.startsWith(join(directory, 'assets'))
      reply.header('Cache-Control', kept ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}

function securityHeaders(reply: FastifyReply, nonce: string | undefined): FastifyReply {
  const style = nonce === undefined ? "'self'" : `'self' 'nonce-${nonce}'`
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${style}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ]
  return reply
    .header('Content-Security-Policy', policy.join('; '))
    .header('X-Content-Type-Options', 'nosniff')
    .header('X-Frame-Options', 'DENY')
    .header('Referrer-Policy', 'no-referrer')
    .header('Cross-Origin-Opener-Policy', 'same-origin')
    .header('Cross-Origin-Resource-Policy', 'same-origin')
}

function notBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .type('text/plain; charset=utf-8')
    .send(
      'The console has not been built. Run ./alto up, or node packages/console/tools/build.ts. The API is /client/api.\n',
    )
}
