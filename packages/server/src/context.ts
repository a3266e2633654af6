import type { Runtime } from '@altostack/core'
import type { WorkflowEngine } from '@altostack/workflow'
import type { Logger } from 'pino'
import type { Agents } from './agents/agents-port.ts'
import type { Config } from './config/config-port.ts'
import type { Secrets } from './config/secrets-port.ts'
import type { Db } from './db/database.ts'

/** What the server's code receives explicitly; made once in `main.ts` (or by a test, or by the simulation). */
export type ServerContext = {
  readonly runtime: Runtime
  readonly log: Logger
  readonly db: Db
  readonly config: Config
  readonly secrets: Secrets
  readonly agents: Agents
  readonly engine: WorkflowEngine<ServerContext>
  /** This process among the servers; new at each start. */
  readonly incarnation: string
  /** Directory of the server's own files: image store, keys. Absolute. */
  readonly dataDir: string
  /** Registers work to do right after the current transaction commits (kick runs, wake listeners). */
  readonly afterCommit: (task: () => void) => void
}
