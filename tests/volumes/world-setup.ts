import { execFileSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Client } from '@altostack/api'
import { agentPaths } from '../../packages/agent/src/paths.ts'
import { openSettings } from '../../packages/agent/src/properties/settings.ts'
import type { TestDaemon } from '../../packages/libvirt/tests/libvirtd.ts'
import { until } from '../lab-environment/until.ts'

/** Settings of the agent that works for this world. */
export function prepareHost(root: string, daemon: TestDaemon, bridge: string): void {
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

/** One zone with a shared network on the bridge, which reaches nowhere. */
export async function makeZone(client: Client, bridge: string) {
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
export async function blankTemplate(client: Client, dir: string, zoneid: string): Promise<string> {
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
