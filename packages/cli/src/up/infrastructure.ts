import type { Client } from '@altostack/api'
import type { Instance } from '../instance.ts'

/** What `up` names; the same in every instance, since each has a database of its own. */
export const names = {
  zone: 'zone1',
  pod: 'pod1',
  cluster: 'cluster1',
  physicalNetwork: 'physical1',
  network: 'guests',
  pool: 'primary1',
  offering: 'Tiny',
  template: 'alto-guest',
  vm: 'first',
} as const

export type Infrastructure = {
  readonly zoneId: string
  readonly podId: string
  readonly clusterId: string
  readonly networkId: string
  readonly offeringId: string
}

/** Zone, physical network, pod, cluster, guest network and offering: each looked up by name and created when missing. */
export async function ensureInfrastructure(client: Client, instance: Instance): Promise<Infrastructure> {
  const subnet = instance.subnet ?? '10.200.0'
  await ensureInstanceName(client, instance.id)
  const zone =
    (await client.list('listZones', { name: names.zone })).items[0] ??
    (await client.get('createZone', {
      name: names.zone,
      networktype: 'Advanced',
      dns1: resolver(),
      internaldns1: resolver(),
    }))
  const zoneid = String(zone.id)
  const physical = await ensurePhysicalNetwork(client, zoneid, instance.bridge)
  const pod =
    (await client.list('listPods', { zoneid, name: names.pod })).items[0] ??
    (await client.get('createPod', {
      zoneid,
      name: names.pod,
      gateway: `${subnet}.1`,
      netmask: '255.255.255.0',
      startip: `${subnet}.2`,
      endip: `${subnet}.9`,
    }))
  const podid = String(pod.id)
  const cluster =
    (await client.list('listClusters', { podid, name: names.cluster })).items[0] ??
    (await client.get('addCluster', {
      zoneid,
      podid,
      clustername: names.cluster,
      clustertype: 'CloudManaged',
      hypervisor: instance.mode === 'simulator' ? 'Simulator' : 'KVM',
    }))
  return {
    zoneId: zoneid,
    podId: podid,
    clusterId: String(cluster.id),
    networkId: await ensureNetwork(client, zoneid, physical, subnet),
    offeringId: await ensureOffering(client),
  }
}

/** Guests are called i-<account>-<vm>-<id> in libvirt, so that instances that share one tell theirs apart. */
async function ensureInstanceName(client: Client, id: string): Promise<void> {
  const name = 'instance.name'
  const current = (await client.list('listConfigurations', { name })).items[0]?.value
  if (current === undefined || current === id) return
  await client.get('updateConfiguration', { name, value: id })
}

async function ensurePhysicalNetwork(client: Client, zoneid: string, bridge: string): Promise<string> {
  const found = (await client.list('listPhysicalNetworks', { zoneid, name: names.physicalNetwork })).items[0]
  let id = found?.id === undefined ? undefined : String(found.id)
  if (id === undefined) {
    const job = await client.start('createPhysicalNetwork', { zoneid, name: names.physicalNetwork })
    await client.wait(job.jobid)
    id = String(job.id)
  }
  const present = (await client.list('listTrafficTypes', { physicalnetworkid: id })).items.map(
    (type) => type.traffictype,
  )
  for (const traffictype of ['Management', 'Guest'] as const) {
    if (present.includes(traffictype)) continue
    await client.run('addTrafficType', { physicalnetworkid: id, traffictype, kvmnetworklabel: bridge })
  }
  if (found?.state !== 'Enabled') await client.run('updatePhysicalNetwork', { id, state: 'Enabled' })
  return id
}

async function ensureNetwork(
  client: Client,
  zoneid: string,
  physicalnetworkid: string,
  subnet: string,
): Promise<string> {
  const found = (await client.list('listNetworks', { zoneid, keyword: names.network })).items.find(
    (network) => network.name === names.network,
  )
  if (found) return String(found.id)
  const offerings = await client.list('listNetworkOfferings', { name: 'DefaultSharedNetworkOffering' })
  const created = await client.get('createNetwork', {
    zoneid,
    physicalnetworkid,
    networkofferingid: String(offerings.items[0]?.id),
    name: names.network,
    displaytext: 'Guests behind the NAT bridge of this machine',
    gateway: `${subnet}.1`,
    netmask: '255.255.255.0',
    startip: `${subnet}.10`,
    endip: `${subnet}.250`,
  })
  return String(created.id)
}

async function ensureOffering(client: Client): Promise<string> {
  const found = (await client.list('listServiceOfferings', { name: names.offering })).items[0]
  if (found) return String(found.id)
  const created = await client.get('createServiceOffering', {
    name: names.offering,
    displaytext: 'One CPU, 128 MiB: enough for the template that up registers',
    cpunumber: 1,
    cpuspeed: 500,
    memory: 128,
  })
  return String(created.id)
}

/** Guests ask a resolver that answers from anywhere; zones need one and nothing of `up` depends on it. */
function resolver(): string {
  return '9.9.9.9'
}
