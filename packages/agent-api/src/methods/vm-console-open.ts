import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

export const vmConsoleOpen = defineMethod({
  name: 'vm.console.open',
  direction: 'server-to-agent',
  description:
    "Opens a guest's screen (RFB, its password already given) or its serial line and dials the server's channel with it.",
  params: z.object({
    instanceName: z.string(),
    uuid: z.uuid(),
    kind: z.enum(['vnc', 'serial']),
    /** Empty: the guest's screen asks for none. */
    vncPassword: z.string().max(8).default(''),
    /** The server's path `<channel>/<id>` takes the WebSocket, once, within seconds. */
    channel: z.uuid(),
    /** `host:port` of the server that asks, as this host reaches it. */
    server: z.string().max(300),
  }),
  /** Answered when the channel is open. */
  result: z.object({}),
  mutates: false,
  idempotent: false,
  deadlineMs: 30_000,
  since: 1,
  legal: 'always',
})
