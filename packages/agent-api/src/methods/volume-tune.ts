import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { ioLimits } from '../schema/vm-spec.ts'

export const volumeTune = defineMethod({
  name: 'volume.tune',
  direction: 'server-to-agent',
  description: 'Sets the limits of a disk of a running guest; those not named are lifted.',
  params: z.object({ tokens, vm: vmToken, pool: poolRef, volumeUuid: z.uuid(), limits: ioLimits }),
  result: z.object({}),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
