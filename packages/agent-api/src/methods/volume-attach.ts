import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { diskSpec } from '../schema/vm-spec.ts'

export const volumeAttach = defineMethod({
  name: 'volume.attach',
  direction: 'server-to-agent',
  description: 'Plugs a disk into a running guest; one that is there already is success.',
  params: z.object({ tokens, vm: vmToken, disk: diskSpec }),
  result: z.object({ device: z.string() }),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
