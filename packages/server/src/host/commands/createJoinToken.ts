import { createJoinToken } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { createJoinTokenRow } from '../join-token.service.ts'
import { joinTokenViews } from '../join-token.view.ts'

const defaultValiditySeconds = 3600

export const handler = defineHandler(createJoinToken, {
  eventText: ({ entities }) => `creating a join token for cluster ${entities.clusterid.name}`,
  async change({ tx, ctx, caller, input, entities }) {
    const servers = await ctx.agents.trust().servers()
    const { row, text } = await createJoinTokenRow(tx, ctx, {
      clusterId: entities.clusterid.id,
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
