import { createJoinToken } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import type { Row } from '../../db/database.ts'
import { createJoinTokenRow } from '../join-token.service.ts'
import { joinTokenViews } from '../join-token.view.ts'

const defaultValiditySeconds = 3600

function clusterOfToken(cluster: Row<'cluster'> | undefined, host: Row<'host'> | undefined): number {
  if (host === undefined) {
    if (cluster !== undefined) return cluster.id
    throw apiFailure('api.parameter', 'clusterid or hostid is needed')
  }
  if (host.cluster_id === null || (cluster !== undefined && cluster.id !== host.cluster_id)) {
    throw apiFailure('api.parameter', `Host ${host.name} is not of that cluster`, { fix: 'Leave clusterid out.' })
  }
  return host.cluster_id
}

export const handler = defineHandler(createJoinToken, {
  eventText: ({ entities: { clusterid, hostid } }) =>
    `creating a join token for ${hostid === undefined ? `cluster ${clusterid?.name}` : `host ${hostid.name}`}`,
  async change({ tx, ctx, caller, input, entities }) {
    const { clusterid: cluster, hostid: host } = entities
    const clusterId = clusterOfToken(cluster, host)
    const servers = await ctx.agents.trust().servers()
    const { row, text } = await createJoinTokenRow(tx, ctx, {
      clusterId,
      hostUuid: host?.uuid ?? null,
      description: input.description ?? null,
      validityMs: (input.validity ?? defaultValiditySeconds) * 1000,
      tags: input.hosttags ?? [],
      allocationState: input.allocationstate ?? 'Enabled',
      createdBy: caller.userId,
      servers,
    })
    const [view] = await joinTokenViews(tx, [row])
    return { ...view, token: text, url: `https://${servers[0]}` }
  },
})
