import { type NetworkStateEvent, networkStates } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { moveState } from '../db/state-move.ts'
import type { Network } from './network.repository.ts'

/** Moves a network's state by its table; throws LostRace when somebody else moved it first. */
export function moveNetwork(
  tx: Tx,
  ctx: ServerContext,
  network: Network,
  event: NetworkStateEvent,
  options: { readonly cause: string; readonly set?: Partial<Omit<Network, 'id' | 'uuid' | 'state'>> },
): Promise<Network> {
  return moveState(tx, ctx, {
    machine: networkStates,
    table: 'networks',
    column: 'state',
    entity: 'Network',
    row: network,
    event,
    set: options.set ?? {},
    cause: options.cause,
  })
}
