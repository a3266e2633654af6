import type { PoolAccessData } from '@altostack/agent-api'
import { apiFailure, storageFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import type { Pool } from './pool.repository.ts'
import type { PoolType } from './pool-url.ts'

/** Options of mount for NFS pools; CloudStack's name. */
export const mountOptionsDetail = 'nfsmountopts'
/** CHAP of an iSCSI target. Passwords are sealed at rest and never answered. */
const chapDetails = ['chap.user', 'chap.password', 'chap.mutual.user', 'chap.mutual.password'] as const
const secretDetails: ReadonlySet<string> = new Set(['chap.password', 'chap.mutual.password'])

const purpose = (name: string): string => `storage_pool.${name}`

/** Options that would break what the agent relies on, or run programs. */
const refusedOptions = /^(bg|soft|softerr|ro|remount|bind|context=|helper=|user|users|owner|group)/

/** Checks a pool's details against its type. Throws `storage.details`. */
export function checkDetails(type: PoolType, details: Readonly<Record<string, string>>): void {
  const refuse = (message: string, seen: string): never => {
    throw storageFailure('storage.details', message, { seen })
  }
  const options = details[mountOptionsDetail]
  if (options !== undefined) {
    if (type !== 'NetworkFilesystem')
      refuse('NFS mount options are for NFS pools only', `${mountOptionsDetail}, ${type}`)
    checkMountOptions(options, refuse)
  }
  for (const name of chapDetails) {
    const value = details[name]
    if (value === undefined) continue
    if (type !== 'IscsiLUN') refuse('CHAP is for iSCSI pools only', `${name}, ${type}`)
    if (value === '' || value.length > 256 || /[\r\n\0]/.test(value)) refuse(`${name} is empty or too long`, name)
  }
  if ((details['chap.user'] === undefined) !== (details['chap.password'] === undefined)) {
    refuse('CHAP needs both chap.user and chap.password', Object.keys(details).join(', '))
  }
  for (const name of Object.keys(details)) {
    if (name === '' || name.length > 255) throw apiFailure('api.parameter', 'A detail has no usable name')
  }
}

function checkMountOptions(text: string, refuse: (message: string, seen: string) => never): void {
  const options = text.split(',')
  const names = new Set<string>()
  for (const option of options) {
    if (!/^[a-z0-9_]+(=[A-Za-z0-9._:/-]+)?$/.test(option)) refuse('A mount option cannot be read', option)
    if (refusedOptions.test(option)) refuse(`The mount option ${option} is not allowed for disks of guests`, option)
    const name = option.split('=')[0] ?? ''
    if (names.has(name)) refuse(`The mount option ${name} is given twice`, text)
    names.add(name)
  }
}

export type StoredDetail = { readonly name: string; readonly value: string; readonly display: 0 | 1 }

/** As rows hold them. */
export function storedDetails(ctx: ServerContext, details: Readonly<Record<string, string>>): StoredDetail[] {
  return Object.entries(details).map(([name, value]) =>
    secretDetails.has(name)
      ? { name, value: ctx.secrets.seal(purpose(name), value), display: 0 }
      : { name, value, display: 1 },
  )
}

/** What a host needs to attach the pool; secrets are opened here and go over the agent's TLS only. */
export async function accessOf(db: Queries, ctx: ServerContext, pool: Pool): Promise<PoolAccessData> {
  const rows = await db
    .selectFrom('storage_pool_details')
    .select(['name', 'value'])
    .where('pool_id', '=', pool.id)
    .where('name', 'in', [mountOptionsDetail, ...chapDetails])
    .execute()
  const value = (name: string): string | undefined => {
    const stored = rows.find((row) => row.name === name)?.value ?? undefined
    if (stored === undefined || !secretDetails.has(name)) return stored
    return ctx.secrets.open(purpose(name), stored)
  }
  const [user, password] = [value('chap.user'), value('chap.password')]
  const mutualUser = value('chap.mutual.user')
  const mutualPassword = value('chap.mutual.password')
  const mountOptions = value(mountOptionsDetail)
  return {
    ...(mountOptions === undefined ? {} : { mountOptions }),
    ...(user === undefined || password === undefined
      ? {}
      : {
          chap: {
            user,
            password,
            ...(mutualUser === undefined ? {} : { mutualUser }),
            ...(mutualPassword === undefined ? {} : { mutualPassword }),
          },
        }),
  }
}

/** `details[0].key=a&details[0].value=b`, or `details[0].a=b`. */
export function detailsOf(items: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    items.flatMap((item) =>
      item.key !== undefined && item.value !== undefined ? [[item.key, item.value]] : Object.entries(item),
    ),
  )
}
