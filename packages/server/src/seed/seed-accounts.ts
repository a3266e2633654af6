import type { Tx } from '../db/database.ts'
import type { SeedContext } from './seed.ts'

/** ROOT and the system and admin accounts with their users: ids 1 and 2, as scripts know them. */
export async function seedAccounts(tx: Tx, { runtime, now }: SeedContext, adminPasswordHash: string): Promise<void> {
  await tx
    .insertInto('domain')
    .values({ id: 1, uuid: runtime.uuid(), parent: null, name: 'ROOT', owner: 2, path: '/', level: 0, created: now })
    .execute()
  await tx
    .insertInto('account')
    .values([
      {
        id: 1,
        uuid: runtime.uuid(),
        account_name: 'system',
        type: 1,
        role_id: 1,
        domain_id: 1,
        is_default: 1,
        created: now,
      },
      {
        id: 2,
        uuid: runtime.uuid(),
        account_name: 'admin',
        type: 1,
        role_id: 1,
        domain_id: 1,
        is_default: 1,
        created: now,
      },
    ])
    .execute()
  await tx
    .insertInto('security_group')
    .values({
      uuid: runtime.uuid(),
      name: 'default',
      description: 'Default Security Group',
      account_id: 2,
      domain_id: 1,
      created: now,
    })
    .execute()
  await tx
    .insertInto('user')
    .values([
      {
        id: 1,
        uuid: runtime.uuid(),
        username: 'system',
        // No password and no key: nobody logs in as the system.
        password: null,
        account_id: 1,
        firstname: 'system',
        lastname: 'cloud',
        is_default: 1,
        created: now,
      },
      {
        id: 2,
        uuid: runtime.uuid(),
        username: 'admin',
        password: adminPasswordHash,
        account_id: 2,
        firstname: 'admin',
        lastname: 'cloud',
        is_default: 1,
        created: now,
      },
    ])
    .execute()
}
