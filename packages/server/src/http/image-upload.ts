import { AltoError } from '@altostack/core'
import type { FastifyInstance } from 'fastify'
import type { ServerContext } from '../context.ts'
import { takeUpload, uploadPathPrefix } from '../image-link/index.ts'

/** Bodies here are images, bounded by settings of their own. */
const bodyLimit = Number.MAX_SAFE_INTEGER

/**
 * POST /client/upload/<id>: the image that getUploadParamsFor… announced, with its header X-signature; as the file of a
 * form or as the body.
 */
export function registerImageUpload(app: FastifyInstance, ctx: ServerContext): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    scope.route({
      method: ['POST', 'PUT'],
      url: `${uploadPathPrefix}/:uuid`,
      bodyLimit,
      async handler(request, reply) {
        const { uuid } = request.params as { readonly uuid: string }
        try {
          await takeUpload(ctx, request.raw, uuid)
          return reply.type('text/plain').send('The image is here; it is examined now.\n')
        } catch (error) {
          if (!(error instanceof AltoError)) throw error
          // What was not read is not wanted: the connection ends with the answer.
          reply.header('Connection', 'close')
          return reply.code(error.api).type('text/plain').send(`${error.message}. ${error.fix}\n`)
        }
      },
    })
  })
}
