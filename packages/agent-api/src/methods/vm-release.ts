import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { adoptedFile } from '../schema/unmanaged-guest.ts'
import { vmSpec } from '../schema/vm-spec.ts'

export const vmRelease = defineMethod({
  name: 'vm.release',
  direction: 'server-to-agent',
  description:
    'Lets go of a guest: its mark is removed, it runs on and is defined for good; one that does not run is defined from `spec`. With `restore` the definition of before vm.adopt is put back instead.',
  params: z.object({
    tokens,
    vm: vmToken,
    restore: z.boolean(),
    /** With `restore`: as vm.adopt had them. */
    files: z.array(adoptedFile).max(26),
    spec: vmSpec.optional(),
  }),
  result: z.object({ defined: z.boolean() }),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
