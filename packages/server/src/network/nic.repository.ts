import type { Insertable } from 'kysely'
import type { Database, Queries, Row, Tx } from '../db/database.ts'
import { releaseAddress } from './ip-address.repository.ts'

type Nic = Row<'nics'>
export type SecondaryAddress = Row<'nic_secondary_ips'>

export async function findNic(db: Queries, id: number): Promise<Nic | undefined> {
  return await db.selectFrom('nics').selectAll().where('id', '=', id).where('removed', 'is', null).executeTakeFirst()
}

export async function updateNic(tx: Tx, id: number, values: Partial<Omit<Nic, 'id' | 'uuid'>>): Promise<void> {
  await tx.updateTable('nics').set(values).where('id', '=', id).execute()
}

/** The NIC and its addresses are free again. Repeating it changes nothing. */
export async function removeNic(tx: Tx, nic: Nic, now: number): Promise<void> {
  for (const other of await secondaryAddresses(tx, [nic.instance_id])) {
    if (other.nic_id === nic.id) await removeSecondaryAddress(tx, other, nic.uuid)
  }
  if (nic.ip4_address !== null) await releaseAddress(tx, nic.network_id, nic.uuid, nic.ip4_address)
  await updateNic(tx, nic.id, { removed: now, state: 'Deallocating', ip4_address: null })
}

/** The lowest number that no NIC of the virtual machine has. */
export function freeDeviceId(nics: readonly Pick<Nic, 'device_id'>[]): number {
  const taken = new Set(nics.map((nic) => nic.device_id))
  let id = 0
  while (taken.has(id)) id++
  return id
}

/** Other addresses of NICs of virtual machines, in the order they were given. */
export async function secondaryAddresses(db: Queries, vmIds: readonly number[]): Promise<SecondaryAddress[]> {
  if (vmIds.length === 0) return []
  return await db
    .selectFrom('nic_secondary_ips')
    .selectAll()
    .where('vm_id', 'in', [...vmIds])
    .orderBy('id')
    .execute()
}

export async function insertSecondaryAddress(
  tx: Tx,
  row: Insertable<Database['nic_secondary_ips']>,
): Promise<SecondaryAddress> {
  const { insertId } = await tx.insertInto('nic_secondary_ips').values(row).executeTakeFirstOrThrow()
  return await tx
    .selectFrom('nic_secondary_ips')
    .selectAll()
    .where('id', '=', Number(insertId))
    .executeTakeFirstOrThrow()
}

export async function findSecondaryAddress(db: Queries, id: number): Promise<SecondaryAddress | undefined> {
  return await db.selectFrom('nic_secondary_ips').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function removeSecondaryAddress(tx: Tx, address: SecondaryAddress, nicUuid: string): Promise<void> {
  await releaseAddress(tx, address.network_id, nicUuid, address.ip4_address)
  await tx.deleteFrom('nic_secondary_ips').where('id', '=', address.id).execute()
}
