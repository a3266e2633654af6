import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@altostack/api'

export type BenchZone = { readonly zone: string; readonly pod: string; readonly physicalNetwork: string }

/** Zone, physical network and pod by the API. */
export async function createBenchZone(client: Client): Promise<BenchZone> {
  const zone = await client.get('createZone', {
    name: 'zone1',
    dns1: '10.1.0.1',
    internaldns1: '10.1.0.1',
    networktype: 'Advanced',
  })
  const zoneid = String(zone.id)
  const job = await client.start('createPhysicalNetwork', { zoneid, name: 'physical1' })
  await client.wait(job.jobid)
  const physicalnetworkid = String(job.id)
  for (const traffictype of ['Management', 'Guest'] as const) {
    await client.run('addTrafficType', { physicalnetworkid, traffictype, kvmnetworklabel: 'cloudbr0' })
  }
  await client.run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' })
  const pod = await client.get('createPod', {
    zoneid,
    name: 'pod1',
    gateway: '10.1.0.1',
    netmask: '255.255.255.0',
    startip: '10.1.0.10',
  })
  return { zone: zoneid, pod: String(pod.id), physicalNetwork: physicalnetworkid }
}

export async function addBenchCluster(
  client: Client,
  zone: BenchZone,
  name: string,
  hypervisor: 'KVM' | 'Simulator',
): Promise<string> {
  const cluster = await client.get('addCluster', {
    zoneid: zone.zone,
    podid: zone.pod,
    clustername: name,
    clustertype: 'CloudManaged',
    hypervisor,
  })
  return String(cluster.id)
}

/** One-time join tokens, a host each. */
export async function makeTokens(client: Client, clusterid: string, count: number): Promise<string[]> {
  const tokens: string[] = []
  let left = count
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const made = await client.get('createJoinToken', { clusterid, validity: 86_400 })
      tokens.push(String(made.token))
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
  return tokens
}

/** Waits until so many hosts are Up; answers how long that took, ms. */
export async function hostsUp(client: Client, count: number, timeoutMs: number): Promise<number> {
  const began = performance.now()
  for (;;) {
    const up = await client.list('listHosts', { type: 'Routing', state: 'Up', page: 1, pagesize: 1 })
    const took = performance.now() - began
    if (up.count >= count) return took
    if (took > timeoutMs) throw new Error(`${up.count} of ${count} hosts are Up after ${Math.round(took / 1000)} s`)
    await sleep(count > 100 ? 250 : 50)
  }
}

/** A Shared network with 65,000 addresses. */
export async function createBenchNetwork(client: Client, zone: BenchZone): Promise<string> {
  const offerings = await client.list('listNetworkOfferings', { name: 'DefaultSharedNetworkOffering' })
  const network = await client.get('createNetwork', {
    zoneid: zone.zone,
    physicalnetworkid: zone.physicalNetwork,
    networkofferingid: String(offerings.items[0]?.id),
    name: 'guests',
    displaytext: 'Guests',
    gateway: '10.2.0.1',
    netmask: '255.255.0.0',
    startip: '10.2.0.10',
    endip: '10.2.255.250',
  })
  return String(network.id)
}

/** An empty disk of 64 MiB as a template, fetched from a listener of this process; answers its id when it is ready. */
export async function registerBenchTemplate(client: Client): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'alto-image-'))
  const path = join(directory, 'empty.qcow2')
  const web = createServer((_request, response) => response.end(readFileSync(path)))
  try {
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', path, '64M'])
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    await client.get('updateConfiguration', { name: 'alto.fetch.allowed.cidrs', value: '127.0.0.1/32' })
    const types = await client.list('listOsTypes', { description: 'Debian GNU/Linux 12 (64-bit)' })
    const template = await client.get('registerTemplate', {
      name: 'empty',
      displaytext: 'Empty disk',
      url: `http://127.0.0.1:${(web.address() as AddressInfo).port}/empty.qcow2`,
      format: 'QCOW2',
      hypervisor: 'Simulator',
      zoneid: '-1',
      ostypeid: String(types.items[0]?.id),
      ispublic: true,
      isfeatured: true,
    })
    const id = String(template.id)
    for (let turn = 0; turn < 600; turn++) {
      const found = (await client.list('listTemplates', { id, templatefilter: 'self' })).items[0]
      if (found?.isready === true) return id
      await sleep(50)
    }
    throw new Error('the template does not become ready')
  } finally {
    web.closeAllConnections()
    web.close()
    rmSync(directory, { recursive: true, force: true })
  }
}
