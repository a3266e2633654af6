/** What a virtual machine used in the last interval; KiB and operations are of the whole interval, not a second. */
export const vmUsageFields = {
  cpuused: { type: 'string', description: 'Share of its virtual CPUs that it uses, e.g. 12.34%.' },
  networkkbsread: { type: 'long', description: 'KiB received in the last interval.' },
  networkkbswrite: { type: 'long', description: 'KiB sent in the last interval.' },
  diskkbsread: { type: 'long', description: 'KiB read from disks in the last interval.' },
  diskkbswrite: { type: 'long', description: 'KiB written to disks in the last interval.' },
  diskioread: { type: 'long', description: 'Read requests in the last interval.' },
  diskiowrite: { type: 'long', description: 'Write requests in the last interval.' },
  memorykbs: { type: 'long', description: 'KiB of memory that it has.' },
  memoryintfreekbs: { type: 'long', description: 'KiB of memory that the guest does not use.' },
  memorytargetkbs: { type: 'long', description: 'KiB of memory that it may have at most.' },
} as const

export const volumeUsageFields = {
  diskkbsread: { type: 'long', description: 'KiB read in the last interval.' },
  diskkbswrite: { type: 'long', description: 'KiB written in the last interval.' },
  diskioread: { type: 'long', description: 'Read requests in the last interval.' },
  diskiowrite: { type: 'long', description: 'Write requests in the last interval.' },
} as const

/** Whether the thresholds of a cluster's settings are passed. */
export const thresholdFields = {
  cputhreshold: { type: 'boolean', description: 'Whether the CPU in use passes the notification threshold.' },
  cpudisablethreshold: { type: 'boolean', description: 'Whether the CPU in use passes the disable threshold.' },
  cpuallocatedthreshold: {
    type: 'boolean',
    description: 'Whether the CPU allocated passes the notification threshold.',
  },
  cpuallocateddisablethreshold: {
    type: 'boolean',
    description: 'Whether the CPU allocated passes the disable threshold.',
  },
  memorythreshold: { type: 'boolean', description: 'Whether the memory in use passes the notification threshold.' },
  memorydisablethreshold: { type: 'boolean', description: 'Whether the memory in use passes the disable threshold.' },
  memoryallocatedthreshold: {
    type: 'boolean',
    description: 'Whether the memory allocated passes the notification threshold.',
  },
  memoryallocateddisablethreshold: {
    type: 'boolean',
    description: 'Whether the memory allocated passes the disable threshold.',
  },
} as const

/** What the hosts of a place use, summed up. */
export const placeUsageFields = {
  cputotal: { type: 'string', description: 'CPU of its hosts, e.g. 80.00 GHz.' },
  cpuused: { type: 'string', description: 'Share of its CPU that is in use, e.g. 12.34%.' },
  cpuallocated: { type: 'string', description: 'Share of its CPU that is allocated, e.g. 12.34%.' },
  cpumaxdeviation: { type: 'string', description: 'How far the busiest host is above the mean of CPU in use.' },
  memorytotal: { type: 'string', description: 'Memory of its hosts, e.g. 128.00 GB.' },
  memoryused: { type: 'string', description: 'Share of its memory that is in use, e.g. 12.34%.' },
  memoryallocated: { type: 'string', description: 'Share of its memory that is allocated, e.g. 12.34%.' },
  memorymaxdeviation: { type: 'string', description: 'How far the fullest host is above the mean of memory in use.' },
  ...thresholdFields,
} as const
