import { z } from 'zod'

/** Who may act, decided by the server and kept by the agent on its disk. */
export const tokens = z.object({
  /**
   * `<run id>/<step>`: the journal's key. The same key is the same intent: a saved outcome is answered again until it is
   * acknowledged. Failures of short methods are not saved (their repeat runs again); a failed long one runs again only
   * after `journal.acknowledge`.
   */
  key: z.string().min(1).max(200),
  /** Workflow run and its epoch; a lower epoch of a known run is refused. */
  runId: z.string().min(1).max(64),
  runEpoch: z.int().min(0),
  /** Host incarnation the caller knows; must equal the agent's acknowledged one. */
  hostIncarnation: z.int().min(0),
})
export type Tokens = z.infer<typeof tokens>

/** The VM a call acts for. `generation` is raised in the transaction that assigns a host; a lower one is refused. */
export const vmToken = z.object({
  instanceName: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/),
  uuid: z.uuid(),
  generation: z.int().min(1),
})
export type VmToken = z.infer<typeof vmToken>
