import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

export const hostReconnect = defineMethod({
  name: 'host.reconnect',
  direction: 'server-to-agent',
  description: 'The agent drops its connections and connects again.',
  params: z.object({}),
  result: z.object({}),
  mutates: false,
  idempotent: true,
  deadlineMs: 10000,
  since: 1,
  legal: 'always',
})
