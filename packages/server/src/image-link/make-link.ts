import type { extractResponse, ResponseValue } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { insertLink } from './link.repository.ts'

export type LinkTarget = {
  readonly type: 'Template' | 'Volume' | 'Snapshot'
  readonly id: number
  readonly uuid: string
  readonly name: string
  readonly fileName: string
  readonly sizeBytes: number
  readonly sha256: string | null
  /** A file that was made for the link and goes with it. */
  readonly ownPath?: string
}
export type Extracted = ResponseValue<typeof extractResponse>

/** Downloads are a right of their own: an administrator may switch them off for everybody else. */
export async function requireExtraction(ctx: ServerContext, tx: Queries, caller: Caller): Promise<void> {
  if (isRootAdmin(caller) || !(await ctx.config.flag('disable.extraction', {}, tx))) return
  throw apiFailure('api.permission', 'Extraction has been disabled by admin', {
    fix: 'An administrator may set disable.extraction to false.',
  })
}

/** Writes the link and answers it; its token is kept as a hash alone. */
export async function makeLink(
  tx: Tx,
  ctx: ServerContext,
  target: LinkTarget,
  owner: { readonly accountId: number; readonly zone: Row<'data_center'> | undefined },
): Promise<Extracted> {
  const token = Buffer.from(ctx.runtime.randomBytes(32)).toString('base64url')
  const uuid = ctx.runtime.uuid()
  const now = ctx.runtime.now()
  const expires = now + (await ctx.config.number('extract.url.expiration.interval', {}, tx)) * 1000
  await insertLink(tx, {
    uuid,
    token,
    resource_type: target.type,
    resource_id: target.id,
    file_name: target.fileName,
    own_path: target.ownPath ?? null,
    size: target.sizeBytes,
    sha256: target.sha256,
    account_id: owner.accountId,
    created: now,
    expires,
  })
  const account = await tx.selectFrom('account').select('uuid').where('id', '=', owner.accountId).executeTakeFirst()
  return {
    id: target.uuid,
    name: target.name,
    extractId: uuid,
    uploadpercentage: 100,
    status: 'Completed',
    accountid: account?.uuid ?? null,
    resultstring: 'Completed successfully',
    created: now,
    state: 'DOWNLOAD_URL_CREATED',
    storagetype: 'ImageStore',
    zoneid: owner.zone?.uuid ?? null,
    zonename: owner.zone?.name ?? null,
    extractMode: 'HTTP_DOWNLOAD',
    url: `${await publicOrigin(ctx, tx)}${downloadPath}/${token}/${encodeURIComponent(target.fileName)}`,
    expires,
    size: target.sizeBytes,
    checksum: target.sha256 === null ? null : `{SHA-256}${target.sha256}`,
  }
}

export const downloadPath = '/client/download'

/** Where people reach this server, as endpoint.url says. */
export async function publicOrigin(ctx: ServerContext, db: Queries): Promise<string> {
  const endpoint = await ctx.config.text('endpoint.url', {}, db)
  return URL.canParse(endpoint) ? new URL(endpoint).origin : ''
}
