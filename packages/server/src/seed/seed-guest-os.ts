import type { Tx } from '../db/database.ts'
import { guestOsCategories } from './guest-os-data.ts'
import { insertAll } from './insert-all.ts'
import type { SeedContext } from './seed.ts'

/** Guest operating systems by category, with CloudStack's ids and names: templates name them. */
export async function seedGuestOs(tx: Tx, { runtime, now }: SeedContext): Promise<void> {
  await insertAll(
    tx,
    'guest_os_category',
    guestOsCategories.map(({ id, name }) => ({ id, uuid: runtime.uuid(), name })),
  )
  const systems = guestOsCategories.flatMap((category) =>
    Object.entries(category.systems).map(([id, name]) => ({
      id: Number(id),
      uuid: runtime.uuid(),
      category_id: category.id,
      display_name: name,
      created: now,
    })),
  )
  await insertAll(tx, 'guest_os', systems)
}
