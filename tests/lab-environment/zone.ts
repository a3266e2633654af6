import type { Client } from '@altostack/api'

export type Zone = {
  readonly zoneId: string
  readonly podId: string
  readonly clusterId: string
  readonly physicalNetworkId: string
  readonly networkId: string
  readonly offeringId: string
}

/**
 * Zone, physical network with the label cloudbr0, pod, KVM cluster where emulation is allowed (the lab has no /dev/kvm),
 * a Shared network in the lab's subnet (guests have .100 to .199) and an offering of 128 MiB.
 */
export async function createZone(client: Client, serverIp: string): Promise<Zone> {
  const net = serverIp.replace(/\.\d+$/, '')
  const zone = await client.get('createZone', {
    name: 'zone1',
    networktype: 'Advanced',
    dns1: serverIp,
    internaldns1: serverIp,
  })
  const zoneid = String(zone.id)
  const physical = await client.start('createPhysicalNetwork', { zoneid, name: 'physical1' })
  await client.wait(physical.jobid)
  const physicalnetworkid = String(physical.id)
  for (const traffictype of ['Management', 'Guest'] as const) {
    await client.run('addTrafficType', { physicalnetworkid, traffictype, kvmnetworklabel: 'cloudbr0' })
  }
  await client.run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' })
  const pod = await client.get('createPod', {
    zoneid,
    name: 'pod1',
    gateway: serverIp,
    netmask: '255.255.255.0',
    startip: `${net}.2`,
    endip: `${net}.9`,
  })
  const podid = String(pod.id)
  const cluster = await client.get('addCluster', {
    zoneid,
    podid,
    clustername: 'cluster1',
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
    name: 'guests',
    displaytext: 'Guests on the bridge of the hosts',
    gateway: serverIp,
    netmask: '255.255.255.0',
    startip: `${net}.100`,
    endip: `${net}.199`,
  })
  const offering = await client.get('createServiceOffering', {
    name: 'Tiny',
    displaytext: 'One CPU, 128 MiB',
    cpunumber: 1,
    cpuspeed: 500,
    memory: 128,
  })
  return {
    zoneId: zoneid,
    podId: podid,
    clusterId: clusterid,
    physicalNetworkId: physicalnetworkid,
    networkId: String(network.id),
    offeringId: String(offering.id),
  }
}
