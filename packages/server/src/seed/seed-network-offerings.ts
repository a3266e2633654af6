import type { Tx } from '../db/database.ts'
import { insertAll, type SeedContext } from './seed.ts'

/** The network offerings of a fresh CloudStack. */
export async function seedNetworkOfferings(_tx: Tx, _ctx: SeedContext): Promise<void> {
  void insertAll
}
