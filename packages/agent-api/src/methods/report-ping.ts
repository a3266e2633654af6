import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

export const reportPing = defineMethod({
  name: 'report.ping',
  direction: 'agent-to-server',
  description: 'Liveness and load; the answer proves the server read it.',
  params: z.object({
    sequence: z.int(),
    clock: z.int(),
    load1: z.number(),
    memoryFreeBytes: z.int(),
    vms: z.int(),
    libvirt: z.enum(['up', 'down']),
    pools: z.array(
      z.object({
        uuid: z.uuid(),
        capacityBytes: z.int(),
        usedBytes: z.int(),
        status: z.enum(['ok', 'unreachable']),
        seen: z.string().optional(),
      }),
    ),
  }),
  result: z.object({ clock: z.int(), acknowledge: z.array(z.string()) }),
  mutates: false,
  idempotent: true,
  deadlineMs: 10000,
  since: 1,
  legal: 'always',
})
