import { createConsoleEndpoint } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireVmState } from '../../vm/index.ts'
import { insertConsoleSession } from '../console-session.repository.ts'

/** Where the server takes the WebSocket of a console. */
const socketPath = '/client/console'

export const handler = defineHandler(createConsoleEndpoint, {
  eventText: ({ entities }) => `creating console endpoint for Vm ${entities.virtualmachineid.uuid}`,
  async change({ tx, ctx, caller, input, entities, now }) {
    const vm = entities.virtualmachineid
    requireVmState(vm, ['Running'], 'a console')
    const kind = input.kind ?? 'vnc'
    const token = Buffer.from(ctx.runtime.randomBytes(32)).toString('base64url')
    const extra = input.token === undefined || input.token === '' ? undefined : input.token
    await insertConsoleSession(tx, {
      uuid: ctx.runtime.uuid(),
      token,
      extra,
      kind,
      account_id: caller.accountId,
      domain_id: caller.domainId,
      user_id: caller.userId,
      via: caller.via,
      instance_id: vm.id,
      host_id: vm.host_id,
      creator_address: caller.remoteAddress.slice(0, 64),
      created: now,
      expires: now + (await ctx.config.number('alto.console.token.seconds', {}, tx)) * 1000,
    })
    const place = publicPlace(await ctx.config.text('endpoint.url', {}, tx))
    const page = new URLSearchParams({ token, kind, name: vm.display_name ?? vm.name })
    return {
      success: true,
      url: `${place?.origin ?? ''}/client/#/vm-console?${page}`,
      websocket: {
        token,
        ...(place === undefined ? {} : { host: place.hostname, port: place.port }),
        path: `${socketPath}?token=${token}`,
        ...(extra === undefined ? {} : { extra }),
      },
    }
  },
})

/** Where people reach this server, once endpoint.url says more than its default does. */
function publicPlace(
  endpoint: string,
): { readonly origin: string; readonly hostname: string; readonly port: string } | undefined {
  if (!URL.canParse(endpoint)) return undefined
  const { origin, hostname, port, protocol } = new URL(endpoint)
  if (hostname === 'localhost' || hostname === '') return undefined
  return { origin, hostname, port: port !== '' ? port : protocol === 'https:' ? '443' : '80' }
}
