import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { checkResult, hostFacts } from '../schema/host-facts.ts'
import { domainReport } from '../schema/vm-spec.ts'

export const serverHello = defineMethod({
  name: 'server.hello',
  direction: 'agent-to-server',
  description: 'First message of a connection: who the agent is and everything that runs on its host.',
  params: z.object({
    protocol: z.int(),
    agentVersion: z.string(),
    hostUuid: z.uuid(),
    facts: hostFacts,
    checks: z.array(checkResult),
    domains: z.array(domainReport),
    hostIncarnation: z.int(),
    openKeys: z.array(z.string()),
    /** `rangesDigest` of the protected addresses that the host keeps: others are told to it. */
    protectedDigest: z.string().max(64).default(''),
    clock: z.int(),
  }),
  result: z.object({
    hostId: z.int(),
    serverIncarnation: z.string(),
    hostIncarnation: z.int(),
    acknowledgedIncarnation: z.int(),
    pingIntervalMs: z.int(),
    servers: z.array(z.string()),
    acknowledge: z.array(z.string()),
    settings: z.record(z.string(), z.string()),
  }),
  mutates: false,
  idempotent: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'always',
})
