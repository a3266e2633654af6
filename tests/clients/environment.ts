import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { agentPaths, type Transport } from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'
import { createFleet, type SimulatedFleet } from '@altostack/simulator'
import { WebSocket } from 'ws'
import { type Credentials, joinByToken } from '../../packages/server/src/agents/testing/test-agent.ts'
import { startImageSource } from '../../packages/server/src/testing/image-source.ts'
import type { DatabaseKind } from '../../packages/server/src/testing/test-databases.ts'
import { type Body, startTestServer, type TestServer } from '../../packages/server/src/testing/test-server.ts'

export type SimulatedZone = {
  readonly server: TestServer
  readonly fleet: SimulatedFleet
  /** `http://127.0.0.1:<port>/client/api` */
  readonly endpoint: string
  /** Ids of what was set up by the API. */
  readonly zone: string
  readonly cluster: string
  readonly pool: string
  readonly network: string
  readonly template: string
  readonly offering: string
  /** Fails when a host saw what must never happen, then stops everything. */
  readonly stop: () => Promise<void>
}

const runtime = systemRuntime()
const fleetOptions = { runtime, name: 'clients', hostPrefix: 'sim' }

/**
 * A management server that answers on loopback, with a zone that is ready for virtual machines: two simulated hosts that
 * joined over real TLS, shared storage, a network with addresses, an offering and a small template, all made by the API.
 */
export async function startSimulatedZone(
  options: {
    readonly hosts?: number
    readonly database?: DatabaseKind
    readonly settings?: Readonly<Record<string, string>>
  } = {},
): Promise<SimulatedZone> {
  const undo: (() => void | Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const server = await startTestServer({
      agents: true,
      database: options.database ?? 'sqlite',
      settings: { 'alto.fetch.allowed.cidrs': '127.0.0.1/32', ...options.settings },
    })
    undo.push(async () => void (await server.stop()))
    const place = await createPlace(server)
    const { fleet, join, stop: stopFleet } = startFleet(server)
    undo.push(stopFleet)
    for (let count = 0; count < (options.hosts ?? 2); count++) await join(place.cluster)
    const { storagepool } = await server.call('createStoragePool', {
      zoneid: place.zone,
      podid: place.pod,
      clusterid: place.cluster,
      name: 'primary1',
      url: 'SharedMountPoint://localhost/mnt/primary1',
    })
    const { serviceoffering } = await server.call('createServiceOffering', {
      name: 'Small Test',
      displaytext: 'One slow CPU',
      cpunumber: 1,
      cpuspeed: 500,
      memory: 256,
    })
    const template = await registerImage(server)
    return {
      server,
      fleet,
      endpoint: `${server.url}/client/api`,
      zone: place.zone,
      cluster: place.cluster,
      network: place.network,
      pool: storagepool.id,
      template,
      offering: serviceoffering.id,
      stop,
    }
  } catch (error) {
    await stop().catch(() => undefined)
    throw error
  }
}

export type SimulatedHosts = {
  readonly fleet: SimulatedFleet
  /** Joins the next host, named sim1, sim2 and so on, to a cluster of type Simulator, and waits until it is Up. */
  readonly join: (clusterId: string) => Promise<void>
  /** Fails when a host saw what must never happen. */
  readonly stop: () => void
}

export function startFleet(server: TestServer): SimulatedHosts {
  const fleet = createFleet(fleetOptions)
  const machines = createFleet(fleetOptions)
  return {
    fleet,
    join: (clusterId) => addHost(server, fleet, machines, clusterId),
    stop: () => {
      const violations = fleet.violations()
      fleet.stop()
      assert.deepEqual(violations, [], 'what must never happen on hosts')
    },
  }
}

type Place = { readonly zone: string; readonly pod: string; readonly cluster: string; readonly network: string }

async function createPlace(server: TestServer): Promise<Place> {
  const { zone } = await server.call('createZone', {
    name: 'zone1',
    dns1: '10.1.0.1',
    internaldns1: '10.1.0.1',
    networktype: 'Advanced',
  })
  const physical = await server.run('createPhysicalNetwork', { zoneid: zone.id, name: 'physical1' })
  const physicalnetworkid = physical.physicalnetwork.id
  for (const traffictype of ['Management', 'Guest']) {
    await server.run('addTrafficType', { physicalnetworkid, traffictype, kvmnetworklabel: 'cloudbr0' })
  }
  await server.run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' })
  const { pod } = await server.call('createPod', {
    zoneid: zone.id,
    name: 'pod1',
    gateway: '10.1.0.1',
    netmask: '255.255.255.0',
    startip: '10.1.0.10',
  })
  const { cluster } = await server.call('addCluster', {
    zoneid: zone.id,
    podid: pod.id,
    clustername: 'cluster1',
    clustertype: 'CloudManaged',
    hypervisor: 'Simulator',
  })
  const { networkoffering } = await server.call('listNetworkOfferings', { name: 'DefaultSharedNetworkOffering' })
  const { network } = await server.call('createNetwork', {
    zoneid: zone.id,
    name: 'guests',
    displaytext: 'Guests',
    networkofferingid: networkoffering[0].id,
    physicalnetworkid,
    vlan: 'untagged',
    gateway: '10.2.0.1',
    netmask: '255.255.255.0',
    startip: '10.2.0.10',
    endip: '10.2.0.200',
  })
  return { zone: zone.id, pod: pod.id, cluster: cluster[0].id, network: network.id }
}

/**
 * Joins the next host of the fleet by a token, as an agent does, and waits until it is Up. `machines` is a second fleet of
 * the same name, so of the same machines: it tells what joins before the id of the host is known.
 */
async function addHost(
  server: TestServer,
  fleet: SimulatedFleet,
  machines: SimulatedFleet,
  clusterid: string,
): Promise<void> {
  const { jointoken } = await server.call('createJoinToken', { clusterid })
  const token = JSON.parse(Buffer.from(jointoken.token, 'base64url').toString('utf8'))
  const port = server.server.ports.agent
  const { profile } = machines.addHost({ servers: [], transport: () => Promise.reject(new Error('it never starts')) })
  const { answer, joined } = await joinByToken(port, token, profile.machineId, profile.name)
  assert.equal(answer.status, 200, answer.body)
  const transport: Transport = (name) => dial(`wss://${name}${agentPaths.socket}`, joined)
  fleet.addHost({ servers: [`127.0.0.1:${port}`], transport, hostUuid: joined.hostUuid }).start()
  await until(`host ${profile.name} is Up`, async () => {
    const { host } = await server.call('listHosts', { id: joined.hostUuid })
    return host[0].state === 'Up'
  })
}

function dial(url: string, credentials: Credentials): ReturnType<Transport> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      key: credentials.key,
      cert: credentials.certificate,
      ca: credentials.ca,
      perMessageDeflate: false,
    })
    socket.on('error', reject)
    socket.on('open', () =>
      resolve({
        send: (text) => socket.send(text),
        onText: (listener) => socket.on('message', (data) => listener(data.toString())),
        onClose: (listener) => socket.on('close', (code, reason) => listener(`${code} ${reason.toString()}`)),
        close: () => socket.close(1000, 'the agent stops'),
      }),
    )
  })
}

/** A qcow2 image of an empty disk of 64 MiB. */
export function emptyDisk(): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'alto-image-'))
  try {
    const path = join(directory, 'empty.qcow2')
    const made = spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', path, '64M'])
    assert.equal(made.status, 0, `qemu-img create: ${made.stderr}${made.error ?? ''}`)
    return readFileSync(path)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Registers an empty disk that a web server of this process hands out; answers its id when it is ready. */
async function registerImage(server: TestServer): Promise<string> {
  const source = await startImageSource()
  try {
    source.images.set('empty.qcow2', emptyDisk())
    const { ostype } = await server.call('listOsTypes', { description: 'Debian GNU/Linux 12 (64-bit)' })
    const { template } = await server.call('registerTemplate', {
      name: 'empty',
      displaytext: 'Empty disk',
      url: source.url('empty.qcow2'),
      format: 'QCOW2',
      hypervisor: 'Simulator',
      zoneid: '-1',
      ostypeid: ostype[0].id,
      ispublic: true,
      isfeatured: true,
    })
    const { id } = template[0]
    const found = async (): Promise<Body> =>
      (await server.call('listTemplates', { id, templatefilter: 'self' })).template?.[0]
    await until('the template is ready', async () => (await found())?.isready === true)
    return id
  } finally {
    await source.stop()
  }
}

export async function until(what: string, check: () => Promise<boolean>, timeoutMs = 15_000): Promise<void> {
  const ends = runtime.monotonic() + timeoutMs
  while (!(await check())) {
    if (runtime.monotonic() > ends) assert.fail(`it never came true: ${what}`)
    await runtime.sleep(25)
  }
}
