import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

export const hostConfigure = defineMethod({
  name: 'host.configure',
  direction: 'server-to-agent',
  description: 'Settings that shape the agent: reserved memory, migration address, servers, libvirt TLS. Kept on disk.',
  params: z.object({ settings: z.record(z.string(), z.string()), servers: z.array(z.string()) }),
  result: z.object({}),
  mutates: false,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'always',
})
