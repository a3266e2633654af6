import type { AltoError, Runtime } from '@altostack/core'
import type { WorkflowEngine } from '@altostack/workflow'
import type { Logger } from 'pino'
import type { Agents } from './agents/agents-port.ts'
import type { RequestLimits } from './auth/request-limits.ts'
import type { RoleRules } from './auth/role-rules.ts'
import type { Handlers } from './command/handlers.ts'
import type { StoredConfig } from './config/config.ts'
import type { Secrets } from './config/secrets-port.ts'
import type { Database, Db } from './db/database.ts'
import type { Feed } from './event/feed.ts'
import type { withRecruit } from './host/recruit-host.ts'
import type { JobWaiters } from './jobs/job-waiters.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Stats } from './stats/index.ts'

/** What the server's code receives explicitly; made once in `main.ts` (or by a test, or by the simulation). */
export type ServerContext = {
  readonly runtime: Runtime
  readonly log: Logger
  readonly db: Db
  /** For big lists: never inside a transaction. The same handle as `db` where reads have no door of their own. */
  readonly read: Db
  readonly config: StoredConfig
  readonly secrets: Secrets
  readonly agents: Agents
  readonly engine: WorkflowEngine<ServerContext, Database>
  /** The commands that this server offers. */
  readonly handlers: Handlers
  /** Who may use which command. */
  readonly roleRules: RoleRules
  /** Requests an account has left. */
  readonly limits: RequestLimits
  readonly metrics: Metrics
  /** What hosts and guests use. */
  readonly stats: Stats
  /** Wakes those who wait for a job. */
  readonly jobs: JobWaiters
  /** Wakes those who follow the change feed. */
  readonly feed: Feed
  /** This process among the servers; new at each start. */
  readonly incarnation: string
  /** Directory of the server's own files: image store, keys. Absolute. */
  readonly dataDir: string
  /** Why this server serves no longer, though it runs: every request is answered with it. */
  readonly halted: { cause: AltoError | undefined }
  /** How a host without an agent is entered: by SSH unless given. */
  readonly recruit?: typeof withRecruit
  /** Registers work to do right after the current transaction commits (kick runs, wake listeners). */
  readonly afterCommit: (task: () => void) => void
}
