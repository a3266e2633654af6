import { apiFailure, infrastructureFailure } from '@altostack/core'
import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'
import { domainNames, ownerNames } from '../inventory/index.ts'
import type { PublicKey } from './ssh-key.ts'

export type SshKeyPair = Row<'ssh_keypairs'>

export async function insertKeyPair(
  tx: Tx,
  ctx: ServerContext,
  owner: { readonly accountId: number; readonly domainId: number },
  name: string,
  key: PublicKey,
): Promise<SshKeyPair> {
  if (name.trim() === '' || name.includes(',')) {
    throw apiFailure('api.parameter', 'name of a key pair is not empty and has no comma', { seen: name })
  }
  const present = await tx
    .selectFrom('ssh_keypairs')
    .selectAll()
    .where('account_id', '=', owner.accountId)
    .where((eb) => eb.or([eb('keypair_name', '=', name), eb('fingerprint', '=', key.fingerprint)]))
    .executeTakeFirst()
  if (present !== undefined) {
    const what = present.keypair_name === name ? `a key pair ${name}` : `this key as ${present.keypair_name}`
    throw infrastructureFailure('infrastructure.name-taken', `The account has ${what} already`)
  }
  const result = await tx
    .insertInto('ssh_keypairs')
    .values({
      uuid: ctx.runtime.uuid(),
      account_id: owner.accountId,
      domain_id: owner.domainId,
      keypair_name: name,
      fingerprint: key.fingerprint,
      public_key: key.text,
      created: ctx.runtime.now(),
    })
    .executeTakeFirstOrThrow()
  return await tx
    .selectFrom('ssh_keypairs')
    .selectAll()
    .where('id', '=', Number(result.insertId))
    .executeTakeFirstOrThrow()
}

/** Key pairs of an account by their names, in the order given. Throws 431 naming one that is not there. */
export async function namedKeyPairs(db: Queries, accountId: number, names: readonly string[]): Promise<SshKeyPair[]> {
  const found: SshKeyPair[] = []
  for (const name of new Set(names)) {
    const pair = await db
      .selectFrom('ssh_keypairs')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('keypair_name', '=', name)
      .executeTakeFirst()
    if (pair === undefined) {
      throw apiFailure('api.parameter', `A key pair with name '${name}' does not exist in the account`, {
        seen: name,
        fix: 'listSSHKeyPairs names them; registerSSHKeyPair adds one.',
      })
    }
    found.push(pair)
  }
  return found
}

export async function listKeyPairRows(
  db: Queries,
  filter: {
    readonly scope: OwnershipScope
    readonly uuid?: string | undefined
    readonly name?: string | undefined
    readonly fingerprint?: string | undefined
    readonly keyword?: string | undefined
  },
  page: Page,
): Promise<{ count: number; rows: SshKeyPair[] }> {
  let query = db
    .selectFrom('ssh_keypairs')
    .where(inScope(filter.scope, { account: 'ssh_keypairs.account_id', domain: 'ssh_keypairs.domain_id' }))
  if (filter.uuid !== undefined) query = query.where('ssh_keypairs.uuid', '=', filter.uuid)
  if (filter.name !== undefined) query = query.where('ssh_keypairs.keypair_name', '=', filter.name)
  if (filter.fingerprint !== undefined) query = query.where('ssh_keypairs.fingerprint', '=', filter.fingerprint)
  if (filter.keyword !== undefined) {
    query = query.where('ssh_keypairs.keypair_name', 'like', keywordPattern(filter.keyword))
  }
  return await selectPage(query, page, (filtered) => filtered.selectAll('ssh_keypairs').orderBy('ssh_keypairs.id'))
}

export async function keyPairViews(db: Queries, pairs: readonly SshKeyPair[]) {
  const owners = await ownerNames(
    db,
    pairs.map((pair) => pair.account_id),
  )
  const domains = await domainNames(
    db,
    pairs.map((pair) => pair.domain_id),
  )
  return pairs.map((pair) => ({
    id: pair.uuid,
    name: pair.keypair_name,
    account: owners.get(pair.account_id)?.account,
    domainid: domains.get(pair.domain_id)?.uuid,
    domain: domains.get(pair.domain_id)?.name,
    fingerprint: pair.fingerprint,
  }))
}

export async function removeKeyPair(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom('ssh_keypairs').where('id', '=', id).execute()
}
