import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerContext } from '../context.ts'
import { findImage, sendStored } from '../image-store/index.ts'
import { answerJson } from './http-answers.ts'

/** Answers a host the image of a template, ISO, snapshot or uploaded volume, whole or one range of it. */
export async function sendImage(
  ctx: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
  uuid: string,
): Promise<void> {
  const image = await findImage(ctx.db, uuid)
  if (image === undefined) {
    return answerJson(response, 404, { code: 'template.not-ready', message: 'There is no such image' })
  }
  await sendStored(ctx, request, response, image)
}
