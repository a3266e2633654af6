import { z } from 'zod'
import { guestData, securityGroup } from './guest-network.ts'
import { poolRef } from './pool-ref.ts'

const mac = z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)

/** Names of libvirt's limits of a disk: bytes and requests a second, their bursts, seconds that a burst may last. */
export const ioLimitNames = ['read_bytes_sec', 'write_bytes_sec', 'read_iops_sec', 'write_iops_sec'].flatMap((name) => [
  name,
  `${name}_max`,
  `${name}_max_length`,
])
/** Limits of a disk by libvirt's names; what is not named has none. */
export const ioLimits = z.record(
  z.string().refine((name) => ioLimitNames.includes(name), 'no name of a limit'),
  z.int().min(1),
)
export type IoLimits = z.infer<typeof ioLimits>

export const diskSpec = z.object({
  volumeUuid: z.uuid(),
  pool: poolRef,
  format: z.enum(['qcow2', 'raw']),
  /** 0 is the root disk: vda, vdb… */
  deviceId: z.int().min(0).max(25),
  bus: z.enum(['virtio', 'scsi', 'ide', 'sata']).default('virtio'),
  cache: z.enum(['none', 'writeback', 'writethrough']).default('none'),
  limits: ioLimits.optional(),
})
export type DiskSpec = z.infer<typeof diskSpec>

/** An ISO's copy on a pool, as `template.install` brought it there. */
export const isoRef = z.object({ uuid: z.uuid(), pool: poolRef })
export type IsoRef = z.infer<typeof isoRef>

/** How a guest network is kept apart on the wire of its bridge. */
export const segment = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('vlan'), id: z.int().min(1).max(4094) }),
  z.object({
    kind: z.literal('vxlan'),
    id: z.int().min(1).max(16_777_215),
    /** How frames without a known place reach the other hosts: the group of the id, or each host of `network.peers`. */
    flood: z.enum(['multicast', 'unicast']),
  }),
])
export type Segment = z.infer<typeof segment>

export const nicSpec = z.object({
  nicUuid: z.uuid(),
  deviceId: z.int().min(0).max(31),
  mac,
  /** Bridge on the host, from the traffic label; must exist. Guests of a `segment` are on a bridge that is made for it. */
  bridge: z.string().regex(/^[A-Za-z0-9_.-]{1,15}$/),
  /** Absent: untagged, on `bridge` itself. */
  segment: segment.optional(),
  model: z.enum(['virtio', 'e1000', 'rtl8139']).default('virtio'),
  /** Of the guest's interface; the bridge's unless given. */
  mtu: z.int().min(576).max(9216).optional(),
  /** Absent: up. */
  linkUp: z.boolean().optional(),
  networkUuid: z.uuid().optional(),
  /**
   * Every IPv4 address that the guest may use here, the primary one first: all others are dropped at its tap. Absent: the
   * network gives no addresses (L2), and only the MAC is held.
   */
  addresses: z.array(z.ipv4()).max(256).optional(),
  /** Security groups of the guest; absent where the network has none: then everything passes. */
  securityGroups: z.array(z.uuid()).max(64).optional(),
  /** Present when addresses of this network are given by the host's DHCP. */
  dhcp: z
    .object({
      networkUuid: z.uuid(),
      address: z.ipv4(),
      netmask: z.ipv4(),
      gateway: z.ipv4().optional(),
      /** False: the guest's default route is by another NIC, so this one is told none. */
      defaultRoute: z.boolean().optional(),
      dns: z.array(z.ipv4()).max(4),
      hostName: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/),
      domain: z.string().max(190).optional(),
    })
    .optional(),
})
export type NicSpec = z.infer<typeof nicSpec>

/** Everything the agent needs to build the domain; it adds nothing that another host would add differently. */
export const vmSpec = z.object({
  instanceName: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/),
  uuid: z.uuid(),
  displayName: z.string().max(255),
  cpus: z.int().min(1).max(512),
  /** MHz a vCPU, becomes CPU shares. */
  cpuMhz: z.int().min(1),
  limitCpu: z.boolean().default(false),
  memoryBytes: z.int().min(16 * 1024 * 1024),
  architecture: z.enum(['x86_64', 'aarch64', 's390x']).default('x86_64'),
  /** Versioned machine type and CPU of the first start; absent on a first start: the host chooses and answers them. */
  machineType: z.string().optional(),
  cpuXml: z.string().optional(),
  /** Default `host`: kvm if the host proved it, else tcg. */
  bootMode: z.enum(['BIOS', 'UEFI']).default('BIOS'),
  disks: z.array(diskSpec).min(1).max(26),
  /** What is in the CD drive, which every guest has; absent: nothing. */
  cdrom: isoRef.optional(),
  nics: z.array(nicSpec).max(32),
  vncPassword: z.string().max(8),
  /** CloudStack's instance details that shape the domain, already validated by the server. */
  details: z.record(z.string(), z.string()).default({}),
  /** The groups that the NICs name and those that their rules name. */
  securityGroups: z.array(securityGroup).max(1000).default([]),
  /** For the metadata service and the config drive. */
  guestData: guestData.optional(),
  /** The guest reads its data from a CD-ROM of this volume label, too. */
  configDrive: z.object({ label: z.string().min(1).max(32) }).optional(),
})
export type VmSpec = z.infer<typeof vmSpec>

export const powerState = z.enum(['PowerOn', 'PowerOff', 'PowerUnknown'])
export const domainReport = z.object({
  instanceName: z.string(),
  uuid: z.string(),
  power: powerState,
  /** libvirt's state word, e.g. running, paused, shutoff. */
  state: z.string(),
  reason: z.string(),
  /** The generation the agent has on its disk for it; 0 for a domain that is not ours. */
  generation: z.int(),
  /** A migration in flight: incoming (paused, target) or outgoing. */
  migrating: z.enum(['none', 'incoming', 'outgoing']),
})
export type DomainReport = z.infer<typeof domainReport>
