import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@altostack/api'
import {
  addBenchCluster,
  createBenchNetwork,
  createBenchZone,
  hostsUp,
  makeTokens,
  registerBenchTemplate,
} from '../../tools/bench/bench-zone.ts'
import { type ManagementServer, startManagementServer } from '../../tools/bench/management-server.ts'
import { startSimulatorProcess } from '../../tools/bench/simulator-process.ts'

/** The shipping server with simulated hosts in two clusters, storage, a network, a template and some guests. */
export type ConsoleZone = {
  readonly server: ManagementServer
  readonly client: Client
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly adminPassword: string
  readonly zoneId: string
  readonly offeringId: string
  readonly templateId: string
  readonly networkId: string
  readonly deploy: (name: string) => Promise<string>
  readonly stop: () => Promise<void>
}

export async function startConsoleZone(
  options: {
    readonly hosts?: number
    /** Hosts of the second cluster, which has storage of its own and is Disabled to begin with. */
    readonly otherHosts?: number
    readonly guests?: readonly string[]
    /** Settings to begin with, before hosts connect. */
    readonly settings?: Readonly<Record<string, string>>
  } = {},
): Promise<ConsoleZone> {
  const server = await startManagementServer()
  const { client } = server
  const stops: (() => Promise<void>)[] = [server.stop]
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  try {
    for (const [name, value] of Object.entries(options.settings ?? {}))
      await client.get('updateConfiguration', { name, value })
    const zone = await createBenchZone(client)
    const hosts = options.hosts ?? 4
    const first = await addBenchCluster(client, zone, 'cluster1', 'Simulator')
    const second = await addBenchCluster(client, zone, 'cluster2', 'Simulator')
    const others = options.otherHosts ?? 0
    if (others > 0) await client.get('updateCluster', { id: second, allocationstate: 'Disabled' })
    const tokens = [...(await makeTokens(client, first, hosts)), ...(await makeTokens(client, second, others))]
    const fleet = startSimulatorProcess(server, tokens)
    stops.push(fleet.stop)
    const networkId = await createBenchNetwork(client, zone)
    const templateId = await registerBenchTemplate(client)
    await hostsUp(client, hosts + others, 30_000)
    for (const [index, clusterid] of (others > 0 ? [first, second] : [first]).entries()) {
      await client.get('createStoragePool', {
        zoneid: zone.zone,
        podid: zone.pod,
        clusterid,
        name: `primary${index + 1}`,
        scope: 'CLUSTER',
        url: `SharedMountPoint://localhost/simulated/primary${index === 0 ? '' : index + 1}`,
      })
    }
    const offerings = await client.list('listServiceOfferings', { name: 'Small Instance' })
    const offeringId = String(offerings.items[0]?.id)
    const deploy = async (name: string): Promise<string> => {
      const made = await client.run('deployVirtualMachine', {
        zoneid: zone.zone,
        serviceofferingid: offeringId,
        templateid: templateId,
        networkids: [networkId],
        name,
      })
      return String(made.id)
    }
    for (const name of options.guests ?? []) await deploy(name)
    return {
      server,
      client,
      url: server.endpoint.replace('/client/api', ''),
      adminPassword: await adminPassword(server),
      zoneId: zone.zone,
      offeringId,
      templateId,
      networkId,
      deploy,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function adminPassword(server: ManagementServer): Promise<string> {
  const path = join(server.directory, 'server', 'admin-password')
  for (let turn = 0; ; turn++) {
    try {
      return readFileSync(path, 'utf8').trim()
    } catch (error) {
      if (turn > 50) throw error
      await sleep(50)
    }
  }
}
