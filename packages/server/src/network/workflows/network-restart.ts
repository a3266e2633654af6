import { AltoError, errorText } from '@altostack/core'
import { defineWorkflow, RetryLater } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { hostsOfNetwork, updateNetworkRow } from '../network.repository.ts'
import { tellPeers } from '../vxlan-peers.ts'

/** Brings bridges, filters and services of a network into line on every host that runs guests on it. */
export type NetworkRestartInput = { readonly networkId: number; readonly zoneId: number }

export const networkRestartWorkflow = defineWorkflow<ServerContext, NetworkRestartInput, Database>('network.restart')
  .step('verify', {
    do: async (s) => {
      const { ctx, input } = s
      await tellPeers(ctx, input.zoneId)
      const hosts = await hostsOfNetwork(ctx.db, input.networkId)
      for (const host of hosts) {
        try {
          await ctx.agents.call(host.id, 'network.verify', {}, { signal: s.signal })
        } catch (error) {
          if (!(error instanceof AltoError) || !waits.has(error.code)) throw error
          throw new RetryLater(undefined, `host ${host.name}: ${errorText(error)}`)
        }
      }
      return { hosts: hosts.map((host) => host.name) }
    },
    // Nothing to take back: what is in line stays.
    deadlineMs: 10 * 60_000,
  })
  .onSucceeded(async (tx, s) => {
    await updateNetworkRow(tx, s.input.networkId, { restart_required: 0 })
  })
  .build()

const waits: ReadonlySet<string> = new Set(['agent.unreachable', 'agent.outcome-unknown', 'agent.libvirt-down'])
