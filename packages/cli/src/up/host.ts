import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Client } from '@altostack/api'
import type { Instance } from '../instance.ts'
import { repositoryRoot } from '../repository-root.ts'
import { must } from '../run.ts'
import type { Service } from '../supervisor/services.ts'
import { type Infrastructure, names } from './infrastructure.ts'
import { hostRoot, libvirtSocket } from './libvirt-daemon.ts'

const agentEntry = (): string => join(repositoryRoot(), 'packages/agent/src/main.ts')
const configFile = (dataDir: string): string => join(hostRoot(dataDir), 'etc/cloudstack/agent/agent.properties')
const joinedMark = (dataDir: string): string => join(hostRoot(dataDir), 'etc/cloudstack/agent/cloud.crt')

/** agent.properties of this machine as a host of its own instance; later runs leave an operator's changes alone. */
export function writeAgentConfig(instance: Instance, ownLibvirtd: boolean): void {
  const file = configFile(instance.dataDir)
  if (existsSync(file)) return
  mkdirSync(dirname(file), { recursive: true })
  const lines = [
    '# Written by alto up.',
    `private.network.device=${instance.bridge}`,
    `guest.network.device=${instance.bridge}`,
    `hypervisor.uri=${ownLibvirtd ? `qemu+unix:///system?socket=${libvirtSocket(instance.dataDir)}` : 'qemu:///system'}`,
    // One host has nowhere to migrate to, and the machine's own libvirtd is not reconfigured for it.
    'alto.libvirt.tls=false',
    'host.reserved.mem.mb=256',
    '',
  ]
  writeFileSync(file, lines.join('\n'), { mode: 0o640 })
}

export function agentService(instance: Instance): Service {
  return {
    name: 'agent',
    argv: [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      agentEntry(),
      'run',
      '--root',
      hostRoot(instance.dataDir),
    ],
    log: join(instance.dataDir, 'log', 'agent.log'),
  }
}

export const hasJoined = (dataDir: string): boolean => existsSync(joinedMark(dataDir))

/** Joins by a one-time token, as a production host that is not recruited over SSH does. */
export async function joinThisMachine(client: Client, instance: Instance, place: Infrastructure): Promise<void> {
  const token = await client.get('createJoinToken', { clusterid: place.clusterId, description: 'alto up' })
  await must(
    [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      agentEntry(),
      'join',
      '-',
      '--root',
      hostRoot(instance.dataDir),
    ],
    { input: String(token.token), timeoutMs: 60_000 },
  )
}

export async function waitHostUp(
  client: Client,
  place: Infrastructure,
  count: number,
  timeoutMs: number,
): Promise<string> {
  const until = Date.now() + timeoutMs
  for (;;) {
    const { items, count: total } = await client.list('listHosts', {
      clusterid: place.clusterId,
      type: 'Routing',
      state: 'Up',
      pagesize: 1,
      page: 1,
    })
    if (total >= count) return String(items[0]?.name)
    if (Date.now() > until) {
      const all = await client.list('listHosts', { clusterid: place.clusterId, type: 'Routing' })
      throw Object.assign(new Error('The host does not come up'), {
        code: 'up.host',
        seen: all.items.map((host) => `${host.name} is ${host.state}`).join(', ') || 'no host has joined',
        fix: 'Look at host/var/log/cloudstack/agent/agent.log in the data directory.',
      })
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Shared storage of the cluster: a directory of the instance. */
export async function ensurePool(client: Client, instance: Instance, place: Infrastructure): Promise<void> {
  const found = (await client.list('listStoragePools', { clusterid: place.clusterId, name: names.pool })).items[0]
  if (found) return
  const path = join(instance.dataDir, 'primary')
  mkdirSync(path, { recursive: true, mode: 0o755 })
  await client.get('createStoragePool', {
    zoneid: place.zoneId,
    podid: place.podId,
    clusterid: place.clusterId,
    name: names.pool,
    scope: 'CLUSTER',
    url: `SharedMountPoint://localhost${path}`,
  })
}

/** What the agent proved about acceleration, in its own words. */
export function accelerationWords(dataDir: string): string {
  const log = join(hostRoot(dataDir), 'var/log/cloudstack/agent/agent.log')
  if (!existsSync(log)) return ''
  const line = readFileSync(log, 'utf8')
    .split('\n')
    .reverse()
    .find((text) => text.includes('acceleration'))
  return line ?? ''
}
