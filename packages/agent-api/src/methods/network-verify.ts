import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

export const networkVerify = defineMethod({
  name: 'network.verify',
  direction: 'server-to-agent',
  description: 'Compares bridges, filters and services of the guests with what they shall be and puts them right.',
  params: z.object({}),
  result: z.object({}),
  mutates: false,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
