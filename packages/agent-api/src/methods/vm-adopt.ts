import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { adoptedFile } from '../schema/unmanaged-guest.ts'

export const vmAdopt = defineMethod({
  name: 'vm.adopt',
  direction: 'server-to-agent',
  description:
    'Takes a guest that somebody else made under this installation: it is marked and runs on; its persistent definition is kept aside, since the server defines guests at each start.',
  /** `files`: disks of a guest that does not run, to be renamed to their volumes' ids. */
  params: z.object({ tokens, vm: vmToken, files: z.array(adoptedFile).max(26) }),
  result: z.object({ power: z.enum(['PowerOn', 'PowerOff']), vncPort: z.int().optional() }),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
