import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { securityGroup } from '../schema/guest-network.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { nicSpec } from '../schema/vm-spec.ts'

export const vmNics = defineMethod({
  name: 'vm.nics',
  direction: 'server-to-agent',
  description:
    'Makes the NICs of a running guest those given: plugs, unplugs, sets links and addresses. Others of it are unplugged.',
  params: z.object({
    tokens,
    vm: vmToken,
    nics: z.array(nicSpec).max(32),
    /** As in the spec of a start. */
    securityGroups: z.array(securityGroup).max(1000).default([]),
  }),
  result: z.object({ plugged: z.array(z.string()), unplugged: z.array(z.string()) }),
  mutates: true,
  idempotent: true,
  deadlineMs: 90000,
  since: 1,
  legal: 'current',
})
