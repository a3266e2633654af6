import type { Duty } from '../duties/duty.ts'
import { stopAwaiting } from '../host/index.ts'
import { takeHostsOfDeadServers } from './dead-servers.ts'

/** Hosts of a server that died are no longer Up, and those that do not come back are not awaited for ever. */
export const deadServersDuty: Duty = {
  name: 'hosts of servers that died',
  pauseMs: async () => 15_000,
  async run(ctx) {
    await takeHostsOfDeadServers(ctx)
    await stopAwaiting(ctx.db, ctx.runtime.now())
  },
}
