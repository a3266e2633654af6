import { defineResponse } from '../define-response.ts'
import { vmUsageFields, volumeUsageFields } from './usage-fields.ts'

/** One slot of a history, as CloudStack names it. */
export const statsResponse = defineResponse({
  name: 'StatsResponse',
  fields: {
    timestamp: { type: 'date', description: 'Begin of the slot.' },
    ...vmUsageFields,
    ...volumeUsageFields,
    diskiopstotal: { type: 'long', description: 'Requests to disks in the slot.' },
    networkread: { type: 'string', description: 'Received in the slot, e.g. 1.00 MiB.' },
    networkwrite: { type: 'string', description: 'Sent in the slot, e.g. 1.00 MiB.' },
  },
})

const statsList = {
  type: 'list',
  of: statsResponse,
  description: 'Means of 30 seconds, 5 minutes or an hour: the finest that is kept since startdate.',
} as const

export const vmMetricsStatsResponse = defineResponse({
  name: 'VmMetricsStatsResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    displayname: { type: 'string', description: 'Name shown to people.' },
    stats: statsList,
  },
})

export const volumeMetricsStatsResponse = defineResponse({
  name: 'VolumeMetricsStatsResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    stats: statsList,
  },
})

/** One slot of anything's history, in numbers. What is not known, or does not exist for the kind, is left out. */
export const statsPointResponse = defineResponse({
  name: 'StatsPointResponse',
  fields: {
    timestamp: { type: 'date', extension: true, description: 'Begin of the slot.' },
    cpu: { type: 'double', extension: true, description: 'CPU in use, percent.' },
    load: { type: 'double', extension: true, description: 'Load average over a minute.' },
    memory: { type: 'long', extension: true, description: 'Memory in use, bytes.' },
    networkread: { type: 'double', extension: true, description: 'Received, bytes a second.' },
    networkwrite: { type: 'double', extension: true, description: 'Sent, bytes a second.' },
    diskread: { type: 'double', extension: true, description: 'Read from disks, bytes a second.' },
    diskwrite: { type: 'double', extension: true, description: 'Written to disks, bytes a second.' },
    diskioread: { type: 'double', extension: true, description: 'Read requests a second.' },
    diskiowrite: { type: 'double', extension: true, description: 'Write requests a second.' },
    cpuallocated: { type: 'double', extension: true, description: 'CPU allocated, MHz.' },
    cputotal: { type: 'double', extension: true, description: 'CPU that may be allocated, MHz.' },
    memoryallocated: { type: 'long', extension: true, description: 'Memory allocated, bytes.' },
    memorytotal: { type: 'long', extension: true, description: 'Memory that may be allocated, bytes.' },
    storageused: { type: 'long', extension: true, description: 'Storage in use, bytes.' },
    storageallocated: { type: 'long', extension: true, description: 'Storage allocated, bytes.' },
    storagecapacity: { type: 'long', extension: true, description: 'Storage that there is, bytes.' },
    storagetotal: { type: 'long', extension: true, description: 'Storage that may be allocated, bytes.' },
  },
})

export const capacityTrendResponse = defineResponse({
  name: 'CapacityTrendResponse',
  fields: {
    capacity: { type: 'string', extension: true, description: 'CPU, MEMORY, STORAGE or STORAGE_ALLOCATED.' },
    used: { type: 'double', extension: true, description: 'MHz or bytes that are used or allocated now.' },
    total: { type: 'double', extension: true, description: 'MHz or bytes in all.' },
    percentused: { type: 'double', extension: true, description: 'Share that is used, percent.' },
    threshold: { type: 'integer', extension: true, description: 'Percent from which the place should be expanded.' },
    changeperday: {
      type: 'double',
      extension: true,
      description: 'Percentage points a day, by a line through the week; absent: too little is known.',
    },
    days: {
      type: 'double',
      extension: true,
      description: 'Days until the threshold at this rate; 0: reached; absent: not in sight.',
    },
  },
})

export const statsHistoryResponse = defineResponse({
  name: 'StatsHistoryResponse',
  fields: {
    id: { type: 'string', extension: true, description: 'Id.' },
    name: { type: 'string', extension: true, description: 'Name.' },
    resourcetype: {
      type: 'string',
      extension: true,
      description: 'Zone, Cluster, Host, StoragePool, VirtualMachine, Volume.',
    },
    step: { type: 'integer', extension: true, description: 'Seconds of a slot.' },
    interval: {
      type: 'integer',
      extension: true,
      description: 'Seconds between reports: asking more often shows nothing new.',
    },
    stats: { type: 'list', extension: true, of: statsPointResponse, description: 'The slots, in order of time.' },
    trend: {
      type: 'list',
      extension: true,
      of: capacityTrendResponse,
      description: 'Of zones, clusters and pools: when their capacity is used up.',
    },
  },
})
