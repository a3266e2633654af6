import { accountFailure, apiFailure } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { childByName, type Domain, rootDomainId } from './domain.repository.ts'

export function requireDomainName(name: string): string {
  if (name.trim() === '' || name.includes('/') || name.length > 255) {
    throw apiFailure('api.parameter', 'name of a domain is not empty and has no slash', { seen: name })
  }
  return name
}

export function requireNotRoot(domain: Domain): void {
  if (domain.id === rootDomainId) throw accountFailure('account.built-in', 'The ROOT domain stays as it is')
}

export async function requireFreeDomainName(
  db: Queries,
  parentId: number,
  name: string,
  exceptId?: number,
): Promise<void> {
  const other = await childByName(db, parentId, name)
  if (other && other.id !== exceptId) {
    throw accountFailure('account.name-taken', `A domain named ${name} exists below the same parent`, {
      entities: [{ uuid: other.uuid, description: 'domain' }],
    })
  }
}

const uuidForm = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** An id that the caller wants for a new object (domainid, accountid, userid): a uuid that nothing of the kind has. */
export async function requireFreeUuid(
  db: Queries,
  table: 'domain' | 'account' | 'user' | 'security_group',
  parameter: string,
  value: string,
): Promise<string> {
  if (!uuidForm.test(value)) throw apiFailure('api.parameter', `${parameter} is not a uuid`, { seen: value })
  const taken = await db.selectFrom(table).select('id').where('uuid', '=', value.toLowerCase()).executeTakeFirst()
  if (taken) throw accountFailure('account.name-taken', `${parameter} ${value} is in use`)
  return value.toLowerCase()
}
