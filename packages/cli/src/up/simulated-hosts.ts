import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@altostack/api'
import type { Instance } from '../instance.ts'
import { repositoryRoot } from '../repository-root.ts'
import type { Service } from '../supervisor/services.ts'
import { type Infrastructure, names } from './infrastructure.ts'

const stateDir = (instance: Instance): string => join(instance.dataDir, 'simulator')
const tokensFile = (instance: Instance): string => join(stateDir(instance), 'tokens')
const tokensAtOnce = 16

/** The process that holds all simulated hosts of the instance; it keeps their certificates in the data directory. */
export function simulatorService(instance: Instance): Service {
  return {
    name: 'simulator',
    argv: [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      join(repositoryRoot(), 'packages/simulator/src/main.ts'),
      '--state-dir',
      stateDir(instance),
      '--hosts',
      String(instance.hosts),
      '--tokens-file',
      tokensFile(instance),
    ],
    log: join(instance.dataDir, 'log', 'simulator.log'),
  }
}

/**
 * Makes the join tokens that hosts without an identity need, and starts the simulator. Repeatable: hosts that have joined
 * keep their identity, and a larger number adds hosts.
 */
export async function ensureSimulatedHosts(
  client: Client,
  instance: Instance,
  place: Infrastructure,
  superviseService: (service: Service) => void,
): Promise<void> {
  mkdirSync(stateDir(instance), { recursive: true, mode: 0o700 })
  const missing = Math.max(0, instance.hosts - joinedHosts(instance))
  if (missing > 0) {
    const tokens = await makeTokens(client, place, missing)
    const file = tokensFile(instance)
    writeFileSync(`${file}.new`, tokens.map((token) => `${token}\n`).join(''), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  superviseService(simulatorService(instance))
}

/** The simulator writes the id of each host that has joined, a line each. */
function joinedHosts(instance: Instance): number {
  const file = join(stateDir(instance), 'joined')
  if (!existsSync(file)) return 0
  return readFileSync(file, 'utf8').split('\n').filter(Boolean).length
}

async function makeTokens(client: Client, place: Infrastructure, count: number): Promise<string[]> {
  const tokens: string[] = []
  let left = count
  const work = async (): Promise<void> => {
    while (left > 0) {
      left--
      const made = await client.get('createJoinToken', {
        clusterid: place.clusterId,
        description: 'alto up, simulated host',
        validity: 86_400,
      })
      tokens.push(String(made.token))
    }
  }
  await Promise.all(Array.from({ length: Math.min(tokensAtOnce, count) }, work))
  return tokens
}

/** Shared storage of the simulated hosts: a path that exists only in the simulator. */
export async function ensureSimulatedPool(client: Client, place: Infrastructure): Promise<void> {
  const found = (await client.list('listStoragePools', { clusterid: place.clusterId, name: names.pool })).items[0]
  if (found) return
  await client.get('createStoragePool', {
    zoneid: place.zoneId,
    podid: place.podId,
    clusterid: place.clusterId,
    name: names.pool,
    scope: 'CLUSTER',
    url: 'SharedMountPoint://localhost/simulated/primary',
  })
}
