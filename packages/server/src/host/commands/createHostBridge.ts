import { createHostBridge } from '@altostack/api'
import { AltoError, apiFailure, errorText } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import type { ServerContext } from '../../context.ts'
import type { Queries, Row } from '../../db/database.ts'
import { targetOf } from '../add-host.service.ts'
import { lookForBridge, requireInterfaceName } from '../bridge/bridge-on-host.ts'
import type { BridgePlan } from '../bridge/bridge-plan.ts'
import type { BridgeInput } from '../bridge/make-bridge.ts'
import { sshLogin } from '../doctor/channel.ts'
import { bridgeFor } from '../host-bridges.ts'
import { readHostUrl } from '../host-url.ts'
import { withRecruit } from '../recruit-host.ts'
import { forgetPassword, keepPassword } from '../recruit-secrets.ts'
import { hostBridgeWorkflow } from '../workflows/host-bridge.ts'

type Asked = {
  readonly url?: string | undefined
  readonly username?: string | undefined
  readonly nic: string
  readonly bridge?: string | undefined
}

export const handler = defineHandler(createHostBridge, {
  eventText: ({ input, entities }) => `making a bridge on ${entities.id?.name ?? input.url} by ${input.nic}`,
  async submit({ tx, ctx, input, entities, dryrun }) {
    const ticket = input.password && !dryrun ? keepPassword(ctx, input.password) : null
    const asked = await bridgeInput(ctx, tx, entities.id, input, ticket)
    return {
      workflow: hostBridgeWorkflow,
      input: asked,
      lockKey: `host-address:${asked.address}`,
      ...(entities.id === undefined ? {} : { instance: { type: 'Host', id: entities.id.id, uuid: entities.id.uuid } }),
    }
  },
  /** The files that would be written, by a look over SSH. */
  async probe({ ctx, input, entities }) {
    const ticket = input.password ? keepPassword(ctx, input.password) : null
    try {
      const asked = await bridgeInput(ctx, ctx.db, entities.id, input, ticket)
      const { plan } = await withRecruit(ctx.runtime, await targetOf(ctx, asked), ({ asRoot }) =>
        lookForBridge(asRoot, asked.nic, asked.bridge),
      )
      if (plan === undefined) return { steps: [`${asked.nic} is a port of ${asked.bridge} already`] }
      return {
        steps: [
          ...plan.files.map(({ path, content }) => `write ${path} (${plan.backend}):\n${content}`),
          ...plan.apply.map((line) => `run ${line}`),
          `unless this server reaches the host again within ${asked.rollbackSeconds} s, the host goes back by itself`,
        ],
      }
    } catch (error) {
      if (!(error instanceof AltoError)) throw error
      const seen = error.seen === undefined ? errorText(error) : `${errorText(error)}: ${error.seen}`
      return { refusals: [{ code: error.code, entity: input.nic, seen, fix: error.fix }] }
    } finally {
      if (ticket !== null) forgetPassword(ctx, ticket)
    }
  },
  async result({ ctx, input, entities, output }) {
    const asked = await bridgeInput(ctx, ctx.db, entities.id, input, null)
    const { plan } = output.look as unknown as { plan: BridgePlan | null }
    return {
      address: asked.address,
      bridge: asked.bridge,
      nic: asked.nic,
      backend: plan?.backend,
      files: plan?.files.map(({ path }) => path) ?? [],
      changed: plan !== null,
    }
  },
})

async function bridgeInput(
  ctx: ServerContext,
  db: Queries,
  host: Row<'host'> | undefined,
  input: Asked,
  ticket: string | null,
): Promise<BridgeInput> {
  if ((host === undefined) === (input.url === undefined)) {
    throw apiFailure('api.parameter', 'createHostBridge needs id or url, one of them')
  }
  const bridge =
    input.bridge ?? (host === undefined ? 'cloudbr0' : await bridgeFor(ctx, host.data_center_id, 'Management', db))
  for (const name of [input.nic, bridge]) requireInterfaceName(name)
  const rollbackSeconds = await ctx.config.number('alto.host.bridge.rollback', {}, db)
  const more = { ticket, hostKey: null, nic: input.nic, bridge, rollbackSeconds }
  if (host !== undefined) {
    const { user, port } = await sshLogin(ctx, host, db)
    return { address: host.private_ip_address, port, username: user, ...more }
  }
  const { address, port } = readHostUrl(input.url ?? '')
  return {
    address,
    port: port ?? (await ctx.config.number('kvm.host.discovery.ssh.port', {}, db)),
    username: input.username ? input.username : 'root',
    ...more,
  }
}
