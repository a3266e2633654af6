import type { Queries, Row } from '../../db/database.ts'
import type { IssuedCertificate } from './certificate-authority.ts'

export type CertificateWithHost = {
  readonly certificate: Row<'host_certificate'>
  readonly host: Pick<Row<'host'>, 'id' | 'uuid' | 'removed'> | undefined
}

export async function insertHostCertificate(
  db: Queries,
  issued: IssuedCertificate,
  host: { readonly id: number; readonly uuid: string },
  now: number,
): Promise<void> {
  await db
    .insertInto('host_certificate')
    .values({
      serial: issued.serial,
      host_id: host.id,
      host_uuid: host.uuid,
      issued: now,
      expires: issued.notAfter,
      fingerprint: issued.fingerprint,
    })
    .execute()
}

export async function findHostCertificate(db: Queries, serial: string): Promise<CertificateWithHost | undefined> {
  const row = await db
    .selectFrom('host_certificate')
    .leftJoin('host', 'host.uuid', 'host_certificate.host_uuid')
    .selectAll('host_certificate')
    .select(['host.id as host', 'host.uuid as uuid', 'host.removed as removed'])
    .where('host_certificate.serial', '=', serial)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { host, uuid, removed, ...certificate } = row
  return { certificate, host: host === null || uuid === null ? undefined : { id: host, uuid, removed } }
}

/**
 * Marks the host's older certificates as superseded: called when a newer one is first used, so that a lost answer to a
 * renewal locks nobody out. Answers how many it marked.
 */
export async function supersedeOlder(
  db: Queries,
  hostUuid: string,
  certificateId: number,
  now: number,
): Promise<number> {
  const older = await db
    .selectFrom('host_certificate')
    .select('id')
    .where('host_uuid', '=', hostUuid)
    .where('id', '<', certificateId)
    .where('superseded', 'is', null)
    .execute()
  if (older.length === 0) return 0
  const ids = older.map((row) => row.id)
  await db.updateTable('host_certificate').set({ superseded: now }).where('id', 'in', ids).execute()
  return ids.length
}

/** Every certificate of a host is refused from now on. */
export async function revokeHostCertificates(db: Queries, hostUuid: string, now: number): Promise<void> {
  await db
    .updateTable('host_certificate')
    .set({ revoked: now })
    .where('host_uuid', '=', hostUuid)
    .where('revoked', 'is', null)
    .execute()
}

/** Certificates that ran out before `before` tell nothing any more. */
export async function forgetExpiredCertificates(db: Queries, before: number): Promise<void> {
  await db.deleteFrom('host_certificate').where('expires', '<', before).execute()
}
