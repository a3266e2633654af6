import { z } from 'zod'

/** A pool as a host has it: `path` on the host; `server` and `export` where it is NFS. */
const subjectPool = z.object({
  uuid: z.string(),
  name: z.string(),
  type: z.string(),
  path: z.string(),
  server: z.string().optional(),
  export: z.string().optional(),
})
export type SubjectPool = z.infer<typeof subjectPool>

/** What one host is measured by. The server knows it; the agent overrides `files` and `selfSeen`. */
export const checkSubject = z.object({
  clusterName: z.string(),
  arch: z.string(),
  /** Distribution names of the cluster's other hosts. */
  distributions: z.array(z.string()),
  emulationAllowed: z.boolean(),
  /** Bridges of management and guest traffic, management first. */
  bridges: z.array(z.string()),
  /** Agent ports of the management servers, as the host reaches them. */
  servers: z.array(z.object({ host: z.string(), port: z.int() })),
  /** It is a host already: checks of what joining brings apply. */
  joined: z.boolean(),
  /** The agent itself looks: whatever started it, it runs. */
  selfSeen: z.boolean(),
  files: z.object({
    config: z.string(),
    certificate: z.string(),
    key: z.string(),
    ca: z.string(),
    stateDir: z.string(),
    logDir: z.string(),
    localStorage: z.string(),
  }),
  hostUuid: z.string().optional(),
  address: z.string().optional(),
  /** SHA-256 of the CA's certificate, hex. */
  caFingerprint: z.string().optional(),
  /** Serial numbers of the host's certificates that the database refuses, with the reason. */
  refusedCertificates: z.record(z.string(), z.string()),
  /** Version of the agent that this server brings. */
  agentVersion: z.string().optional(),
  /** The cluster's other hosts whose agent is Up. */
  peers: z.array(z.object({ name: z.string(), address: z.string(), libvirt: z.string(), qemu: z.string() })),
  /** Bytes of IP that must pass between hosts without being cut: 1500, or more under an encapsulation. */
  underlayMtu: z.int(),
  pools: z.array(subjectPool),
  /** IPv4 ranges of pod and guest networks that are ours, with names. */
  ranges: z.array(z.object({ name: z.string(), first: z.string(), last: z.string() })),
  /** Addresses to which the guarded ports are open; absent: the host is not hardened. */
  guard: z.array(z.string()).optional(),
  /** Hosts of the zone from which VXLAN frames may come. */
  guardPeers: z.array(z.string()).optional(),
  /** Factor by which the host is known to be slow: its checks may take so much longer. Absent: 1. */
  patience: z.number().min(1).max(60).optional(),
  /** The server's public key, and the user by whom it logs in. */
  serverKey: z.string().optional(),
  sshUser: z.string().optional(),
})
export type CheckSubject = z.infer<typeof checkSubject>

/** Where Debian's package keeps its files. */
export const packagedFiles: CheckSubject['files'] = {
  config: '/etc/cloudstack/agent/agent.properties',
  certificate: '/etc/cloudstack/agent/cloud.crt',
  key: '/etc/cloudstack/agent/cloud.key',
  ca: '/etc/cloudstack/agent/cloud.ca.crt',
  stateDir: '/var/lib/altostack/agent',
  logDir: '/var/log/cloudstack/agent',
  localStorage: '/var/lib/libvirt/images',
}

/** A subject of which nothing is known but what is given. */
export function subjectOf(known: Partial<CheckSubject>): CheckSubject {
  return {
    clusterName: '',
    arch: 'x86_64',
    distributions: [],
    emulationAllowed: true,
    bridges: ['cloudbr0'],
    servers: [],
    joined: false,
    selfSeen: false,
    files: packagedFiles,
    refusedCertificates: {},
    peers: [],
    underlayMtu: 1500,
    pools: [],
    ranges: [],
    ...known,
  }
}

const blockTypes: readonly string[] = ['CLVM', 'IscsiLUN', 'FiberChannel']

/** Pools that are a volume group on a disk that hosts share. */
export function blockPools({ pools }: CheckSubject): SubjectPool[] {
  return pools.filter(({ type }) => blockTypes.includes(type))
}

/** Pools that are a directory of the host. */
export function directoryPools({ pools }: CheckSubject): SubjectPool[] {
  return pools.filter(({ type }) => !blockTypes.includes(type))
}

/** The NFS pools of a subject. */
export function nfsPools(subject: CheckSubject): (SubjectPool & { server: string; export: string })[] {
  return subject.pools.flatMap((pool) =>
    pool.server === undefined || pool.export === undefined
      ? []
      : [{ ...pool, server: pool.server, export: pool.export }],
  )
}
