import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ServerContext } from '../context.ts'
import { downloadPath, findLink, type ImageLink, linkedResource } from '../image-link/index.ts'
import { findImage, type StoredImage, sendStored } from '../image-store/index.ts'

/**
 * GET /client/download/<token>/<name>: an image by a link that extract… made, whole or in ranges. The token is the right;
 * what was deleted or has expired since is 404 like what never was.
 */
export function registerImageDownload(app: FastifyInstance, ctx: ServerContext): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { token } = request.params as { readonly token: string }
    const link = await findLink(ctx.db, token, ctx.runtime.now())
    const image = link === undefined ? undefined : await imageOfLink(ctx, link)
    if (link === undefined || image === undefined) {
      return reply.code(404).type('text/plain').send('There is no such download: its link has expired.\n')
    }
    reply.hijack()
    await sendStored(ctx, request.raw, reply.raw, image, link.file_name).catch((error: unknown) => {
      ctx.log.error({ err: error, link: link.uuid }, 'a download failed')
      if (reply.raw.headersSent) reply.raw.destroy()
      else reply.raw.writeHead(530, { 'content-type': 'text/plain' }).end('The image cannot be read now.\n')
    })
    return reply
  }
  app.route({ method: ['GET', 'HEAD'], url: `${downloadPath}/:token/:name`, handler })
}

async function imageOfLink(
  ctx: ServerContext,
  link: ImageLink,
): Promise<(StoredImage & { readonly tag: string }) | undefined> {
  const tag = link.sha256 ?? link.uuid
  if (link.own_path !== null) {
    return { storeId: null, folder: 'exports', name: link.own_path, sizeBytes: link.size, tag }
  }
  const uuid = await linkedResource(ctx.db, link)
  return uuid === undefined ? undefined : await findImage(ctx.db, uuid)
}
