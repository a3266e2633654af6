import { defineResponse } from '../define-response.ts'
import { clusterResponse } from './cluster.ts'
import { hostResponse } from './host.ts'
import { storagePoolResponse } from './storage-pool.ts'
import { placeUsageFields, thresholdFields, vmUsageFields, volumeUsageFields } from './usage-fields.ts'
import { virtualMachineResponse } from './virtual-machine.ts'
import { volumeResponse } from './volume.ts'
import { zoneResponse } from './zone.ts'

// Each is the object as its own list shows it, and more.
export const vmMetricsResponse = defineResponse({
  name: 'VmMetricsResponse',
  fields: {
    ...virtualMachineResponse.fields,
    ...vmUsageFields,
    cputotal: { type: 'string', description: 'CPUs times speed, e.g. 2.0 Ghz.' },
    memorytotal: { type: 'string', description: 'Memory, e.g. 1.00 GiB.' },
    networkread: { type: 'string', description: 'Received in the last interval, e.g. 1.00 MiB.' },
    networkwrite: { type: 'string', description: 'Sent in the last interval, e.g. 1.00 MiB.' },
    diskread: { type: 'string', description: 'Read from disks in the last interval, e.g. 1.00 MiB.' },
    diskwrite: { type: 'string', description: 'Written to disks in the last interval, e.g. 1.00 MiB.' },
    diskiopstotal: { type: 'long', description: 'Requests to disks in the last interval.' },
  },
})

export const hostMetricsResponse = defineResponse({
  name: 'HostMetricsResponse',
  fields: {
    ...hostResponse.fields,
    instances: { type: 'string', description: 'Virtual machines on it: running / all.' },
    systeminstances: { type: 'string', description: 'System virtual machines on it: running / all; there are none.' },
    cputotalghz: { type: 'string', description: 'CPU, e.g. 80.00 Ghz.' },
    cpuusedghz: { type: 'string', description: 'CPU in use, e.g. 8.00 Ghz.' },
    cpuallocatedghz: { type: 'string', description: 'CPU allocated, e.g. 8.00 Ghz.' },
    memorytotalgb: { type: 'string', description: 'Memory, e.g. 128.00 GB.' },
    memoryusedgb: { type: 'string', description: 'Memory in use, e.g. 128.00 GB.' },
    memoryallocatedgb: { type: 'string', description: 'Memory allocated, e.g. 128.00 GB.' },
    networkread: { type: 'string', description: 'Received in the last interval, e.g. 0.01 GB.' },
    networkwrite: { type: 'string', description: 'Sent in the last interval, e.g. 0.01 GB.' },
    ...thresholdFields,
  },
})

export const clusterMetricsResponse = defineResponse({
  name: 'ClusterMetricsResponse',
  fields: {
    ...clusterResponse.fields,
    state: { type: 'string', description: 'Allocation state, or Unmanaged.' },
    hosts: { type: 'string', description: 'Hosts: Up / all.' },
    ...placeUsageFields,
  },
})

export const zoneMetricsResponse = defineResponse({
  name: 'ZoneMetricsResponse',
  fields: {
    ...zoneResponse.fields,
    state: { type: 'string', description: 'Allocation state.' },
    clusters: { type: 'string', description: 'Clusters: enabled / all.' },
    ...placeUsageFields,
  },
})

export const storagePoolMetricsResponse = defineResponse({
  name: 'StoragePoolMetricsResponse',
  fields: {
    ...storagePoolResponse.fields,
    disksizeusedgb: { type: 'string', description: 'In use, e.g. 10.00 GB.' },
    disksizetotalgb: { type: 'string', description: 'In all, and how often it may be promised, e.g. 10.00 GB (x2.0).' },
    disksizeallocatedgb: { type: 'string', description: 'Allocated, e.g. 10.00 GB.' },
    disksizeunallocatedgb: { type: 'string', description: 'What may still be allocated, e.g. 10.00 GB.' },
    storageusagethreshold: {
      type: 'boolean',
      description: 'Whether what is in use passes the notification threshold.',
    },
    storageusagedisablethreshold: {
      type: 'boolean',
      description: 'Whether what is in use passes the disable threshold.',
    },
    storageallocatedthreshold: {
      type: 'boolean',
      description: 'Whether what is allocated passes the notification threshold.',
    },
    storageallocateddisablethreshold: {
      type: 'boolean',
      description: 'Whether what is allocated passes the disable threshold.',
    },
  },
})

export const volumeMetricsResponse = defineResponse({
  name: 'VolumeMetricsResponse',
  fields: {
    ...volumeResponse.fields,
    ...volumeUsageFields,
    sizegb: { type: 'string', description: 'Size, e.g. 10.00 GiB.' },
    diskiopstotal: { type: 'long', description: 'Requests in the last interval.' },
  },
})

export const infrastructureResponse = defineResponse({
  name: 'InfrastructureResponse',
  fields: {
    zones: { type: 'integer', description: 'Number of zones.' },
    pods: { type: 'integer', description: 'Number of pods.' },
    clusters: { type: 'integer', description: 'Number of clusters.' },
    hosts: { type: 'integer', description: 'Number of hosts.' },
    storagepools: { type: 'integer', description: 'Number of storage pools.' },
    imagestores: { type: 'integer', description: 'Number of image stores.' },
    backuprepositories: { type: 'integer', since: '4.22.0', description: 'Number of backup repositories; none.' },
    objectstores: { type: 'integer', description: 'Number of object stores; none.' },
    systemvms: { type: 'integer', description: 'Number of system virtual machines; none.' },
    routers: { type: 'integer', description: 'Number of virtual routers; none.' },
    ilbvms: { type: 'integer', description: 'Number of internal load balancers; none.' },
    cpusockets: { type: 'integer', description: 'Number of CPU sockets of all hosts.' },
    managementservers: { type: 'integer', description: 'Number of management servers.' },
    alerts: { type: 'integer', description: 'Number of alerts that are not archived.' },
  },
})
