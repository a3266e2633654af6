import type { Tx } from '../db/database.ts'
import { insertAll, type SeedContext } from './seed.ts'

/** Guest operating systems by category. */
export async function seedGuestOs(_tx: Tx, _ctx: SeedContext): Promise<void> {
  void insertAll
}
