import { z } from 'zod'

const ipv4Cidr = z.string().regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/)

/** One rule of a security group: what it lets in (ingress) or out (egress). Exactly one of `cidr` and `group`. */
export const securityRule = z
  .object({
    /** `all`, a name that has ports or types, or the number of another protocol. */
    protocol: z.union([z.enum(['all', 'tcp', 'udp', 'icmp']), z.int().min(0).max(255)]),
    /** TCP and UDP: first and last port. */
    startPort: z.int().min(0).max(65_535).optional(),
    endPort: z.int().min(0).max(65_535).optional(),
    /** ICMP: absent means any. */
    icmpType: z.int().min(0).max(255).optional(),
    icmpCode: z.int().min(0).max(255).optional(),
    cidr: ipv4Cidr.optional(),
    /** Every member of that group. */
    group: z.uuid().optional(),
  })
  .refine((rule) => (rule.cidr === undefined) !== (rule.group === undefined), 'one of cidr and group')
export type SecurityRule = z.infer<typeof securityRule>

/** The whole of a security group. The host keeps the highest `version` it has heard of. */
export const securityGroup = z.object({
  uuid: z.uuid(),
  version: z.int().min(0),
  ingress: z.array(securityRule).max(10_000),
  egress: z.array(securityRule).max(10_000),
  /** Addresses of the group's members, network by network. */
  members: z.array(z.object({ networkUuid: z.uuid(), addresses: z.array(z.ipv4()) })),
})
export type SecurityGroup = z.infer<typeof securityGroup>

/** Names of every guest of a network, wherever it runs. */
export const networkNames = z.object({
  networkUuid: z.uuid(),
  version: z.int().min(0),
  domain: z.string().max(190).optional(),
  names: z.array(z.object({ name: z.string().max(63), address: z.ipv4() })),
})
export type NetworkNames = z.infer<typeof networkNames>

/** What a guest may ask the host about itself. */
export const guestData = z.object({
  /** Raised with every change; the host keeps the highest. */
  version: z.int().min(0),
  instanceId: z.string().max(64),
  hostName: z.string().max(255),
  /** Lines of the file `public-keys`. */
  publicKeys: z.array(z.string().max(8192)).max(100),
  availabilityZone: z.string().max(255),
  serviceOffering: z.string().max(255),
  cloudIdentifier: z.string().max(255),
  /** Base64. */
  userData: z
    .string()
    .max(2 * 1024 * 1024)
    .optional(),
  /** Given to the guest once; absent when it has none or has taken it. */
  password: z.string().max(255).optional(),
})
export type GuestData = z.infer<typeof guestData>
