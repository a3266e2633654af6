import type { ResponseValue, uploadParamsResponse } from '@altostack/api'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { insertLink } from './link.repository.ts'
import { publicOrigin } from './make-link.ts'

export const uploadPathPrefix = '/client/upload'

export type Announced = {
  readonly type: 'TemplateUpload' | 'VolumeUpload'
  readonly id: number
  readonly uuid: string
  readonly name: string
  readonly accountId: number
}

/** Lets one image be sent for an announced object: the signature is the right, for upload.operation.timeout minutes. */
export async function makeTicket(
  tx: Tx,
  ctx: ServerContext,
  announced: Announced,
): Promise<ResponseValue<typeof uploadParamsResponse>> {
  const signature = Buffer.from(ctx.runtime.randomBytes(32)).toString('base64url')
  const now = ctx.runtime.now()
  const expires = now + (await ctx.config.number('upload.operation.timeout', {}, tx)) * 60_000
  await insertLink(tx, {
    uuid: ctx.runtime.uuid(),
    token: signature,
    resource_type: announced.type,
    resource_id: announced.id,
    file_name: announced.uuid,
    own_path: null,
    size: 0,
    sha256: null,
    account_id: announced.accountId,
    created: now,
    expires,
  })
  const metadata = JSON.stringify({ uuid: announced.uuid, name: announced.name })
  return {
    id: announced.uuid,
    postURL: `${await publicOrigin(ctx, tx)}${uploadPathPrefix}/${announced.uuid}`,
    metadata: Buffer.from(metadata).toString('base64'),
    expires: new Date(expires).toISOString(),
    signature,
  }
}
