import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@altostack/api'
import { LibvirtClient } from '@altostack/libvirt'
import { agentPaths } from '../../packages/agent/src/paths.ts'
import { openSettings } from '../../packages/agent/src/properties/settings.ts'
import { startLibvirtd, type TestDaemon } from '../../packages/libvirt/tests/libvirtd.ts'
import { adminKeys, apiClient } from '../lab-environment/api.ts'
import { type ServerProcess, serverProcess } from '../lab-environment/server-process.ts'
import { until } from '../lab-environment/until.ts'

const agentMain = join(import.meta.dirname, '../../packages/agent/src/main.ts')

/** A server, an agent over a libvirtd of its own, and two pools, each of them a process or a directory that can be hit. */
export type World = {
  readonly server: ServerProcess
  readonly client: Client
  readonly pools: readonly { readonly id: string; readonly path: string }[]
  readonly storeDir: string
  /** Deploys a guest without a system on a blank root disk of SCSI: it boots nothing, so it writes nothing by itself. */
  readonly deploy: (name: string) => Promise<{ readonly id: string; readonly instanceName: string }>
  readonly offeringId: string
  readonly zoneId: string
  readonly killServer: () => Promise<void>
  readonly killAgent: () => Promise<void>
  /** Starts what does not run and waits until the host is Up. */
  readonly heal: () => Promise<void>
  /** Through the device of the guest's QEMU, as the guest itself writes. */
  readonly guestIo: (instanceName: string, path: string, command: string) => Promise<void>
  readonly stop: () => Promise<void>
}

export async function startWorld(): Promise<World> {
  const dir = mkdtempSync(join(process.env.ALTO_TEST_DIR ?? tmpdir(), 'alto-volumes-'))
  const bridge = `altov${randomUUID().slice(0, 6)}`
  let daemon: TestDaemon | undefined
  let server: ServerProcess | undefined
  let agent: ChildProcess | undefined
  let libvirt: LibvirtClient | undefined

  const killAgent = async (): Promise<void> => {
    const child = agent
    agent = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  const stop = async (): Promise<void> => {
    await killAgent()
    await server?.kill()
    await libvirt?.close().catch(() => undefined)
    await daemon?.stop()
    try {
      execFileSync('ip', ['link', 'del', bridge], { stdio: 'ignore' })
    } catch {
      // It was never made.
    }
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    daemon = await startLibvirtd()
    execFileSync('ip', ['link', 'add', bridge, 'type', 'bridge'])
    execFileSync('ip', ['link', 'set', bridge, 'up'])
    const dataDir = join(dir, 'server')
    mkdirSync(dataDir, { mode: 0o700 })
    server = await serverProcess({ dataDir, publicAddress: '127.0.0.1', logLevel: 'info' })
    await server.start()
    const client = apiClient(server, await adminKeys(server))
    const place = await makeZone(client, bridge)
    const hostRoot = join(dir, 'host')
    prepareHost(hostRoot, daemon, bridge)
    const token = await client.get('createJoinToken', { clusterid: place.clusterid })
    execFileSync(process.execPath, ['--no-warnings', agentMain, 'join', '--root', hostRoot, '-'], {
      input: `${String(token.token)}\n`,
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const startAgent = (): void => {
      agent = spawn(process.execPath, ['--no-warnings', agentMain, 'run', '--root', hostRoot], { stdio: 'ignore' })
    }
    startAgent()
    await hostUp(client)
    const pools = []
    for (const name of ['one', 'two']) {
      const path = join(dir, `pool-${name}`)
      mkdirSync(path)
      const { zoneid, podid, clusterid } = place
      const made = await client.get('createStoragePool', {
        zoneid,
        podid,
        clusterid,
        name,
        scope: 'CLUSTER',
        url: `SharedMountPoint://localhost${path}`,
      })
      pools.push({ id: String(made.id), path })
    }
    const templateid = await blankTemplate(client, dir, place.zoneid)
    const offering = await client.get('createDiskOffering', { name: 'any', displaytext: 'any', customized: true })
    const compute = await client.get('createServiceOffering', {
      name: 'Tiny',
      displaytext: 'Tiny',
      cpunumber: 1,
      cpuspeed: 100,
      memory: 32,
    })
    const own = new LibvirtClient({ uri: `qemu:///system?socket=${daemon.socket}`, reconnect: { initial: true } })
    libvirt = own
    await own.start()
    const running = server
    return {
      server: running,
      client,
      pools,
      storeDir: join(dataDir, 'snapshots'),
      offeringId: String(offering.id),
      zoneId: place.zoneid,
      async deploy(name) {
        const job = await client.start('deployVirtualMachine', {
          name,
          zoneid: place.zoneid,
          serviceofferingid: String(compute.id),
          templateid,
          networkids: [place.networkid],
          details: [{ rootDiskController: 'scsi' }],
        })
        await client.wait(job.jobid, { timeoutMs: 120_000 })
        const { items } = await client.list('listVirtualMachines', { id: String(job.id) })
        return { id: String(job.id), instanceName: String(items[0]?.instancename) }
      },
      killServer: () => running.kill(),
      killAgent,
      async heal() {
        await running.start()
        if (agent === undefined) startAgent()
        await hostUp(client)
      },
      guestIo: (instanceName, path, command) => guestIo(own, instanceName, path, command),
      stop,
    }
  } catch (error) {
    const said = server?.log().slice(-3000)
    await stop()
    throw new Error(`the world did not start${said === undefined ? '' : `: ${said}`}`, { cause: error })
  }
}

async function hostUp(client: Client): Promise<void> {
  await until('the host is Up', 60_000, async () => {
    const { items } = await client.list('listHosts', { type: 'Routing' })
    return items[0]?.state === 'Up'
  })
}

function prepareHost(root: string, daemon: TestDaemon, bridge: string): void {
  const paths = agentPaths({ root })
  mkdirSync(join(root, 'guests'), { recursive: true })
  openSettings(paths.config).set({
    'hypervisor.uri': `qemu:///system?socket=${daemon.socket}`,
    'private.network.device': bridge,
    'guest.network.device': bridge,
    'alto.acceleration': 'tcg',
    'alto.libvirt.tls': 'false',
    'alto.machine.id': randomUUID().replaceAll('-', ''),
    'alto.guest.log.dir': join(root, 'guests'),
  })
}

async function makeZone(client: Client, bridge: string) {
  const zone = await client.get('createZone', {
    name: 'z',
    networktype: 'Advanced',
    dns1: '10.9.9.1',
    internaldns1: '10.9.9.1',
  })
  const zoneid = String(zone.id)
  const physical = await client.start('createPhysicalNetwork', { zoneid, name: 'p' })
  await client.wait(physical.jobid)
  const physicalnetworkid = String(physical.id)
  for (const traffictype of ['Management', 'Guest'] as const) {
    await client.run('addTrafficType', { physicalnetworkid, traffictype, kvmnetworklabel: bridge })
  }
  await client.run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' })
  const pod = await client.get('createPod', {
    zoneid,
    name: 'pod',
    gateway: '10.9.9.1',
    netmask: '255.255.255.0',
    startip: '10.9.9.2',
    endip: '10.9.9.9',
  })
  const podid = String(pod.id)
  const cluster = await client.get('addCluster', {
    zoneid,
    podid,
    clustername: 'c',
    clustertype: 'CloudManaged',
    hypervisor: 'KVM',
  })
  const clusterid = String(cluster.id)
  await client.get('updateConfiguration', { name: 'alto.kvm.emulation.allowed', value: 'true', clusterid })
  const { items } = await client.list('listNetworkOfferings', { name: 'DefaultSharedNetworkOffering' })
  const network = await client.get('createNetwork', {
    zoneid,
    physicalnetworkid,
    networkofferingid: String(items[0]?.id),
    name: 'n',
    displaytext: 'n',
    gateway: '10.9.9.1',
    netmask: '255.255.255.0',
    startip: '10.9.9.100',
    endip: '10.9.9.199',
  })
  return { zoneid, podid, clusterid, networkid: String(network.id) }
}

/** 64 MiB of nothing, fetched and checked as any template. */
async function blankTemplate(client: Client, dir: string, zoneid: string): Promise<string> {
  const file = join(dir, 'blank.qcow2')
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', file, '64M'])
  const image = readFileSync(file)
  const http = createServer((_request, response) => response.end(image))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  try {
    await client.get('updateConfiguration', { name: 'alto.fetch.allowed.cidrs', value: '127.0.0.1/32' })
    const created = await client.get('registerTemplate', {
      name: 'blank',
      displaytext: 'blank',
      format: 'QCOW2',
      hypervisor: 'KVM',
      zoneid,
      url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/blank.qcow2`,
      checksum: `{SHA-256}${createHash('sha256').update(image).digest('hex')}`,
      ispublic: true,
    })
    const id = String(created.id)
    await until('the template is ready', 60_000, async () => {
      const { items } = await client.list('listTemplates', { templatefilter: 'all', zoneid, id })
      return items[0]?.isready === true
    })
    return id
  } finally {
    http.close()
    http.closeAllConnections()
  }
}

async function guestIo(client: LibvirtClient, instanceName: string, path: string, command: string): Promise<void> {
  const domain = await client.domain.lookupByName(instanceName)
  const { return: blocks } = (await client.block.monitor(domain, { execute: 'query-block' })) as {
    readonly return: readonly { readonly qdev?: string; readonly inserted?: { readonly file: string } }[]
  }
  const device = blocks.find((block) => block.inserted?.file === path)?.qdev
  if (device === undefined) throw new Error(`no disk of ${instanceName} is on ${path}`)
  const line = { 'command-line': `qemu-io -d ${device} "${command}"` }
  const answer = (await client.block.monitor(domain, { execute: 'human-monitor-command', arguments: line })) as {
    readonly return?: string
  }
  if (answer.return !== '') throw new Error(JSON.stringify(answer))
}

/** Names of a directory that belong to volumes and snapshots, whole or not. */
export function filesOf(path: string): string[] {
  return readdirSync(path).filter((name) => name !== '.altostack-pool')
}
