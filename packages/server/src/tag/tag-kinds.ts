import type { EntityName } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { accessRules } from '../auth/access-rules.ts'
import type { Caller } from '../command/caller.ts'
import { findEntity } from '../command/load-entities.ts'
import type { Queries } from '../db/database.ts'

/** What may carry tags, under CloudStack's names, with the entity it is. */
export const tagKinds = {
  UserVm: 'VirtualMachine',
  Template: 'Template',
  ISO: 'Template',
  Volume: 'Volume',
  Snapshot: 'Snapshot',
  VMSnapshot: 'VMSnapshot',
  Network: 'Network',
  SecurityGroup: 'SecurityGroup',
  SnapshotPolicy: 'SnapshotPolicy',
} as const satisfies Readonly<Record<string, EntityName>>
export type TagKind = keyof typeof tagKinds

/** Tables of what may carry tags; true where rows stay behind with `removed`. */
export const taggedTables = [
  ['vm_instance', true],
  ['vm_template', true],
  ['volumes', true],
  ['snapshots', true],
  ['vm_snapshots', true],
  ['networks', true],
  ['security_group', false],
  ['snapshot_policy', false],
] as const

/** The kind by its name, without regard to case. Throws 431. */
export function requireTagKind(name: string): TagKind {
  const kind = (Object.keys(tagKinds) as TagKind[]).find((one) => one.toLowerCase() === name.trim().toLowerCase())
  if (kind !== undefined) return kind
  throw apiFailure('api.parameter', `Invalid parameter resourcetype value=${name}`, {
    seen: name,
    fix: `One of ${Object.keys(tagKinds).join(', ')}.`,
  })
}

export type Tagged = { readonly uuid: string; readonly accountId: number; readonly domainId: number }

/** The object of that kind that the caller may change. Throws 431 when there is none, 531 when it is somebody else's. */
export async function requireTagged(db: Queries, caller: Caller, kind: TagKind, uuid: string): Promise<Tagged> {
  const entity = tagKinds[kind]
  const row = await findEntity(db, entity, uuid, false)
  const isIso = row?.format === 'ISO'
  if (!row || (entity === 'Template' && isIso !== (kind === 'ISO'))) {
    throw apiFailure('api.parameter', `Unable to find resource by id ${uuid} and type ${kind}`, { seen: uuid })
  }
  if (!(await accessRules[entity].may(db, caller, row as never, 'operate'))) {
    throw apiFailure('api.permission', `Caller ${caller.accountName} may not tag this ${kind}`, {
      entities: [{ uuid, description: kind }],
    })
  }
  return { uuid: row.uuid, accountId: row.account_id, domainId: row.domain_id }
}
