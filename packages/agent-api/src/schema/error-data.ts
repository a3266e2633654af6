import { z } from 'zod'

/** What a JSON-RPC error carries in `data`, so that the server rebuilds the AltoError. */
export const agentErrorData = z.object({
  code: z.string(),
  seen: z.string().optional(),
  fix: z.string().optional(),
  evidence: z.record(z.string(), z.json()).optional(),
  /** False when the agent knows that the effect did not happen; true when it happened or cannot be known. */
  effectPossible: z.boolean().default(true),
})
export type AgentErrorData = z.infer<typeof agentErrorData>
