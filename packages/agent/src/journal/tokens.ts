import { hostRefusal, rpcErrorCodes, type Tokens, type VmToken } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { StateDatabase } from '../state-database.ts'
import type { Incarnation } from './incarnation.ts'

/**
 * Throws when the caller may no longer act. Otherwise keeps the epoch and generation; call it in the transaction that
 * writes the intent.
 */
export function acceptTokens(database: StateDatabase, tokens: Tokens, vm: VmToken | undefined, now: number): void {
  const run = database.prepare('SELECT epoch FROM run WHERE run_id = ?').get(tokens.runId) as
    | { epoch: number }
    | undefined
  if (run !== undefined && tokens.runEpoch < run.epoch) {
    throw stale(`epoch ${tokens.runEpoch} of run ${tokens.runId}; ${run.epoch} has acted here`)
  }
  database
    .prepare(
      `INSERT INTO run (run_id, epoch, seen) VALUES (?, ?, ?)
       ON CONFLICT (run_id) DO UPDATE SET epoch = max(epoch, excluded.epoch), seen = excluded.seen`,
    )
    .run(tokens.runId, tokens.runEpoch, now)
  if (vm !== undefined) acceptGeneration(database, vm)
}

function acceptGeneration(database: StateDatabase, vm: VmToken): void {
  const known = database.prepare('SELECT uuid, generation FROM vm WHERE instance = ?').get(vm.instanceName) as
    | { uuid: string; generation: number }
    | undefined
  if (known !== undefined && known.uuid === vm.uuid && vm.generation < known.generation) {
    throw stale(`generation ${vm.generation} of ${vm.instanceName}; ${known.generation} has acted here`)
  }
  if (known?.uuid === vm.uuid && known.generation === vm.generation) return
  database
    .prepare(
      `INSERT INTO vm (instance, uuid, generation) VALUES (?, ?, ?)
       ON CONFLICT (instance) DO UPDATE SET uuid = excluded.uuid, generation = excluded.generation`,
    )
    .run(vm.instanceName, vm.uuid, vm.generation)
}

/** Throws unless the host is in the life that the caller speaks of. */
export function acceptIncarnation(incarnation: Incarnation, asked: number): void {
  if (incarnation.fenced()) {
    throw hostRefusal(
      agentFailure('agent.fenced', 'The host was fenced: it may only report and end guests', {
        seen: `acknowledged incarnation ${incarnation.acknowledged()}`,
      }),
      rpcErrorCodes.fenced,
    )
  }
  if (asked !== incarnation.acknowledged()) {
    throw stale(`host incarnation ${asked}; the host has acknowledged ${incarnation.acknowledged()}`)
  }
}

/** The generation on the agent's disk, if the host ever acted for the VM. */
export function knownGeneration(database: StateDatabase, instanceName: string, uuid: string): number | undefined {
  const row = database.prepare('SELECT generation FROM vm WHERE instance = ? AND uuid = ?').get(instanceName, uuid) as
    | { generation: number }
    | undefined
  return row?.generation
}

function stale(seen: string): Error {
  return hostRefusal(agentFailure('agent.stale-token', 'A newer caller has acted', { seen }), rpcErrorCodes.staleToken)
}
