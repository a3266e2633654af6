import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { registerKeys, type UserKeys } from '../../packages/server/src/auth/user-keys.ts'
import type { Db } from '../../packages/server/src/db/database.ts'
import { transact } from '../../packages/server/src/db/transaction.ts'
import { createLogger } from '../../packages/server/src/log/logger.ts'
import { startServer } from '../../packages/server/src/server.ts'
import { insertModelZone, type ModelZone } from '../../packages/server/src/testing/model-zone.ts'
import { simulatedRuntime } from '../../packages/testkit/src/simulated-runtime.ts'
import { openMortalDatabase } from './mortal-database.ts'

type Context = Parameters<typeof registerKeys>[1] & { readonly db: Db }

export type SimulatedZone = ModelZone & {
  readonly admin: UserKeys
  readonly addresses: number
  /** A disc, on the image store alone. */
  readonly iso: string
}
export type ZoneFile = {
  readonly zone: SimulatedZone
  /** A fresh data directory of a server with this zone. */
  readonly copyTo: (directory: string) => void
  readonly remove: () => void
}

/** Memory where the machine has it: a commit then waits for no disk. */
export function scratchDirectory(prefix: string): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), prefix))
}

/**
 * The data directory of a server that has seen its first start, with one zone: a cluster of hosts of 4 cores and 8 GiB, one
 * shared pool, one Shared network with addresses. Made once; every seed begins with a copy.
 */
export async function createZoneFile(hosts: number, addresses: number): Promise<ZoneFile> {
  const directory = scratchDirectory('alto-sim-zone-')
  const runtime = simulatedRuntime(1)
  const opened = await openMortalDatabase(join(directory, 'cloud.db'), runtime.now)
  const server = await startServer({
    runtime,
    log: createLogger({ level: 'silent' }),
    dataDir: directory,
    port: 0,
    opened,
    withoutSockets: true,
  })
  const { db } = server.ctx
  const zone = await insertModelZone(db, runtime.uuid, { hosts, networkType: 'Shared' })
  await insertAddresses(server.ctx, zone, addresses)
  const iso = await insertIso(server.ctx)
  // What an expunge could not finish is taken up again by the expunge thread; a day of waiting proves nothing more.
  await db.insertInto('configuration').values({ name: 'expunge.interval', value: '300', category: 'Test' }).execute()
  const admin = await transact(server.ctx, (tx) => registerKeys(tx, server.ctx, 2))
  await server.stop()
  return {
    zone: { ...zone, admin, addresses, iso },
    copyTo(target) {
      mkdirSync(target, { recursive: true })
      cpSync(join(directory, 'tls'), join(target, 'tls'), { recursive: true })
      for (const name of ['cloud.db', 'secret.key']) {
        if (existsSync(join(directory, name))) copyFileSync(join(directory, name), join(target, name))
      }
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

async function insertIso({ db, runtime }: Context): Promise<string> {
  const guestOs = await db.selectFrom('guest_os').select('id').limit(1).executeTakeFirstOrThrow()
  const uuid = runtime.uuid()
  const { insertId } = await db
    .insertInto('vm_template')
    .values({
      uuid,
      name: 'disc',
      display_text: 'disc',
      format: 'ISO',
      public: 1,
      account_id: 1,
      domain_id: 1,
      guest_os_id: guestOs.id,
      cross_zones: 1,
      created: runtime.now(),
    })
    .executeTakeFirstOrThrow()
  await db
    .insertInto('template_store_ref')
    .values({
      template_id: Number(insertId),
      download_state: 'DOWNLOADED',
      size: 5_000_000,
      physical_size: 5_000_000,
      sha256: 'b'.repeat(64),
      created: runtime.now(),
      last_updated: 1,
    })
    .execute()
  return uuid
}

async function insertAddresses({ db, runtime }: Context, zone: ModelZone, count: number): Promise<void> {
  const network = await db.selectFrom('networks').selectAll().where('uuid', '=', zone.network).executeTakeFirstOrThrow()
  const { insertId } = await db
    .insertInto('vlan')
    .values({
      uuid: runtime.uuid(),
      vlan_id: 'vlan://untagged',
      vlan_gateway: '10.1.1.1',
      vlan_netmask: '255.255.255.0',
      description: `10.1.1.10-10.1.1.${9 + count}`,
      data_center_id: network.data_center_id,
      network_id: network.id,
      created: runtime.now(),
    })
    .executeTakeFirstOrThrow()
  for (let index = 0; index < count; index++) {
    await db
      .insertInto('user_ip_address')
      .values({
        uuid: runtime.uuid(),
        public_ip_address: `10.1.1.${10 + index}`,
        vlan_db_id: Number(insertId),
        network_id: network.id,
        data_center_id: network.data_center_id,
        position: index,
      })
      .execute()
  }
}
