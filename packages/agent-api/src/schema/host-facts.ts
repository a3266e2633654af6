import { z } from 'zod'

/** One named check with what was seen and what to do; the same form serves addHost, doctor and `why`. */
export const checkResult = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warn', 'fail']),
  /** Catalogue code when not ok. */
  code: z.string().optional(),
  seen: z.string(),
  fix: z.string().optional(),
})
export type CheckResult = z.infer<typeof checkResult>

/** What a host is. Sizes in bytes, speeds in MHz. */
export const hostFacts = z.object({
  hostname: z.string(),
  machineId: z.string(),
  bootId: z.string(),
  architecture: z.enum(['x86_64', 'aarch64', 's390x']),
  os: z.object({ name: z.string(), version: z.string(), kernel: z.string() }),
  cpu: z.object({
    sockets: z.int(),
    cores: z.int(),
    mhz: z.int(),
    model: z.string(),
    /** True: vmx or svm in /proc/cpuinfo. */
    virtualisationFlag: z.boolean(),
  }),
  memoryBytes: z.int(),
  /** `kvm` only after a trial start really ran a guest; else `tcg`, with the reason. */
  acceleration: z.object({ kind: z.enum(['kvm', 'tcg']), reason: z.string() }),
  hypervisor: z.object({ kind: z.enum(['KVM', 'Simulator']), libvirt: z.string(), qemu: z.string() }),
  /** What follows guests' connections for security groups: the bridge's own tracking, or br_netfilter and the inet tables. */
  connectionTracking: z.enum(['bridge', 'br_netfilter']).optional(),
  /** libvirt's host CPU description (XML), for migration checks; empty for the simulator. */
  hostCpuXml: z.string(),
  /** Newest versioned machine types this QEMU can run, e.g. pc-i440fx-7.2. */
  machineTypes: z.array(z.string()),
  interfaces: z.array(
    z.object({
      name: z.string(),
      mac: z.string(),
      addresses: z.array(z.string()),
      bridge: z.boolean(),
      mtu: z.int().optional(),
    }),
  ),
  /** The address peers and the server reach this host on, and the one migrations use. */
  address: z.string(),
  migrationAddress: z.string(),
  /** First of local.storage.path; where the zone has local storage on, a pool of its own is made there. */
  localStoragePath: z.string().startsWith('/').max(255).optional(),
})
export type HostFacts = z.infer<typeof hostFacts>
