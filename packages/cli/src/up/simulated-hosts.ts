import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@altostack/api'
import type { Instance } from '../instance.ts'
import { repositoryRoot } from '../repository-root.ts'
import type { Service } from '../supervisor/services.ts'
import type { Infrastructure } from './infrastructure.ts'

/** The process that holds all simulated hosts of the instance; it keeps their certificates in the data directory. */
export function simulatorService(instance: Instance, token: string): Service {
  return {
    name: 'simulator',
    argv: [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      join(repositoryRoot(), 'packages/simulator/src/main.ts'),
      '--state-dir',
      join(instance.dataDir, 'simulator'),
      '--hosts',
      String(instance.hosts),
      '--token',
      token,
    ],
    log: join(instance.dataDir, 'log', 'simulator.log'),
  }
}
