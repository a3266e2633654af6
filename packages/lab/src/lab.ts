import { existsSync } from 'node:fs'
import { mkdir, realpath, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Runtime, systemRuntime } from '@altostack/core'
import { baseTree, cacheDirectory } from './base-tree.ts'
import { killContainer, mountsUnder, removeTraces } from './container.ts'
import { labFailure } from './errors.ts'
import { makeHostLayer, storageDir } from './host-layer.ts'
import { type LabHost, labHost } from './lab-host.ts'
import {
  type HostKind,
  type HostRecord,
  type LabState,
  readLabState,
  type SharedVia,
  writeLabState,
} from './lab-state.ts'
import { killMachine } from './machine.ts'
import { machineImage, machinePackages } from './machine-image.ts'
import {
  cableName,
  hostNames,
  type LabNames,
  labId,
  labNames,
  machineHostNames,
  machineName,
  storageHostName,
} from './names.ts'
import { addCut, ensureBridge, removeCuts, removeLink, removeNetwork } from './network.ts'
import { packageLayer } from './package-layer.ts'
import { requireLabMachine } from './packages.ts'
import { run } from './run.ts'
import { closeDoor, hangDoor } from './shared-dir.ts'
import { chapUser, iscsiTargets, nfsExports, storagePackages } from './storage-tree.ts'
import { hostAddress, machineAddress, serverAddress, storageAddresses } from './subnet.ts'

export interface LabOptions {
  /** The lab's directory; made when missing. It must not lie on an overlay file system. */
  readonly dir: string
  /** How many container hosts: h1, h2, … A lab that has fewer grows. */
  readonly hosts: number
  /** How many hosts that are full QEMU systems with a kernel of their own: m1, m2, … Each takes some 900 MB. Default 0. */
  readonly machines?: number
  /**
   * Machine hosts start a few daemons and no systemd, which they take minutes for, and have these files of this machine
   * from their first start on. What systemd does is not to be looked at there.
   */
  readonly lean?: { readonly files: readonly LeanFile[] }
  /** A storage host `nas` with NFS exports and iSCSI targets: see `Lab.nas`. */
  readonly nas?: boolean
  /** One to five lower-case letters and digits; derived from `dir` by default. */
  readonly id?: string
  /** Directory of the machine seen by all hosts at /mnt/shared. */
  readonly shared?: string
  /** `fuse` allows `cut(HOST, 'storage')` and costs some speed; `bind` is the default. */
  readonly sharedVia?: SharedVia
  /** Where the base tree is kept. Default: `$ALTO_CACHE` or `~/.cache/altostack`. */
  readonly cacheDir?: string
  readonly runtime?: Runtime
  /** Told what takes long, one line each. */
  readonly log?: (line: string) => void
}

export interface CutOptions {
  /** Only what HOST sends is lost; what it is sent still arrives. */
  readonly oneWay?: boolean
}

export interface LeanFile {
  /** In the host, without the leading slash. */
  readonly path: string
  readonly from: string
  readonly mode?: number
}

/** What the storage host serves. It is a host of the lab as well: `host('nas')` can be frozen, cut and powered off. */
export interface Nas {
  readonly host: LabHost
  /** Both of its addresses: each serves NFS and is an iSCSI portal of its own. */
  readonly addresses: readonly [string, string]
  /** Paths of NFS exports (versions 3, 4.0 to 4.2), by what a client finds there. */
  readonly exports: typeof nfsExports
  readonly iscsi: {
    readonly port: 3260
    /** LUN 1 of `chap` has 4 GiB and asks for user and password, that of `open` has 2 GiB and asks for nothing. */
    readonly targets: typeof iscsiTargets
    readonly user: string
    readonly password: string
  }
  /** The directory of this machine that the exports and disks lie in. */
  readonly dir: string
}

/** Several KVM hosts on this machine, with a wire between them and the server. */
export interface Lab {
  readonly id: string
  readonly dir: string
  readonly bridge: string
  /** For example `10.64.7.0/24`. */
  readonly subnet: string
  /** The machine's own address on the wire: here a management server listens. */
  readonly serverIp: string
  readonly sharedDir: string | undefined
  /** The KVM hosts: containers, then machines. */
  readonly hosts: readonly LabHost[]
  /** The storage host, where the lab has one. */
  readonly nas: Nas | undefined
  /** Throws `lab.host-unknown`. */
  host(name: string): LabHost
  /** Loses everything between `name` and `from`: `server`, `storage` or another host's name. */
  cut(name: string, from: string, options?: CutOptions): Promise<void>
  /** Heals every cut of the lab; cables stay as they are. */
  heal(): Promise<void>
  /** Removes hosts, their disks, bridge and cuts, and the directory. The shared directory stays. */
  down(): Promise<void>
}

/** Makes a lab, or resumes one: missing hosts are made, hosts that are off are started, all are waited for. */
export async function createLab(options: LabOptions): Promise<Lab> {
  const runtime = options.runtime ?? systemRuntime()
  const log = options.log ?? (() => {})
  await requireLabMachine((options.machines ?? 0) > 0 ? machinePackages : [])
  await mkdir(options.dir, { recursive: true })
  const dir = await realpath(options.dir)
  const before = await readLabState(dir)
  const names = labNames(before?.id ?? options.id ?? labId(dir))
  const base =
    before && existsSync(before.base) ? before.base : await baseTree(options.cacheDir ?? cacheDirectory(), log)
  // An id of the caller's own must be known to `down` before anything carries it.
  if (!before && names.id !== labId(dir)) await writeLabState(dir, emptyState(names.id, base))
  const subnet = await ensureBridge(names, before?.subnet || undefined)
  if (before && before.subnet !== subnet && before.hosts.length > 0) refuseNewSubnet(dir, before)
  const shared = options.shared === undefined ? before?.shared : resolve(options.shared)
  if (shared !== undefined) await mkdir(shared, { recursive: true })
  const hosts = wantedHosts(options, before, subnet)
  const cacheDir = options.cacheDir ?? cacheDirectory()
  const has = (kind: HostKind): boolean => hosts.some((host) => host.kind === kind)
  const state: LabState = {
    version: 1,
    id: names.id,
    subnet,
    password: before?.password || Buffer.from(runtime.randomBytes(8)).toString('hex'),
    base,
    shared,
    sharedVia: options.sharedVia ?? before?.sharedVia ?? 'bind',
    hosts,
    ...(has('storage') ? { storageLayer: await packageLayer(base, 'storage', storagePackages, log) } : {}),
    ...(options.lean !== undefined || before?.lean ? { lean: true } : {}),
    ...(has('machine') ? { machineImage: before?.machineImage ?? (await machineImage(cacheDir, base, log)) } : {}),
  }
  await writeLabState(dir, state)
  if (!existsSync(join(dir, 'id_ed25519'))) {
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', `lab-${names.id}`, '-f', join(dir, 'id_ed25519')])
  }
  const lab = labOf(dir, state, runtime)
  const all = state.hosts.map((host) => lab.host(host.name))
  await Promise.all(hosts.map((host) => makeHostLayer(dir, state, host, runtime, options.lean?.files)))
  for (const host of all) {
    if (host.isOn()) continue
    log(`starting ${host.name} at ${host.ip}`)
    await host.start()
  }
  await Promise.all(all.map((host) => host.waitReady()))
  return lab
}

function emptyState(id: string, base: string): LabState {
  return { version: 1, id, subnet: '', password: '', base, shared: undefined, sharedVia: 'bind', hosts: [] }
}

/** Opens the lab that lives in `dir`, as it is. Throws `lab.none` when there is none. */
export async function openLab(dir: string, runtime: Runtime = systemRuntime()): Promise<Lab> {
  const path = existsSync(dir) ? await realpath(dir) : resolve(dir)
  const state = await readLabState(path)
  if (!state) throw labFailure('lab.none', `There is no lab in ${path}`)
  return labOf(path, state, runtime)
}

/**
 * Removes everything that the lab of `dir` has on this machine, also when its state file is missing or damaged: what
 * is removed is found by the lab's id and directory, and nothing else is touched. Removing twice is no error.
 */
export async function removeLab(dir: string, runtime: Runtime = systemRuntime()): Promise<void> {
  const path = existsSync(dir) ? await realpath(dir) : resolve(dir)
  const state = await readLabState(path).catch(() => undefined)
  const names = labNames(state?.id ?? labId(path))
  const every = [...hostNames(99), ...machineHostNames(20), storageHostName]
  const hosts = state?.hosts.length ? state.hosts.map((host) => host.name) : every
  await Promise.all(
    hosts.map(async (name) => {
      await closeDoor(join(path, 'hosts', name, 'door'))
      await killContainer(machineName(names.id, name), runtime)
      await killMachine(machineName(names.id, name), cableName(names.id, name), runtime)
      await removeTraces(machineName(names.id, name))
    }),
  )
  for (const point of mountsUnder(join(path, 'hosts'))) await run(['umount', '--lazy', point])
  for (const name of hosts) await removeLink(cableName(names.id, name))
  await removeNetwork(names)
  await rm(path, { recursive: true, force: true })
}

function labOf(dir: string, state: LabState, runtime: Runtime): Lab {
  const names = labNames(state.id)
  const hosts = state.hosts.map((record) => labHost(dir, state, record, runtime))
  const serverIp = serverAddress(state.subnet)
  const nas = nasOf(state, hosts)
  const find = (name: string): LabHost => {
    const host = hosts.find((each) => each.name === name)
    if (host) return host
    const known = hosts.map((each) => each.name).join(', ')
    throw labFailure('lab.host-unknown', `The lab has no host '${name}'; it has ${known}`)
  }
  return {
    id: names.id,
    dir,
    bridge: names.bridge,
    subnet: `${state.subnet}.0/24`,
    serverIp,
    sharedDir: state.shared,
    hosts: hosts.filter((host) => host.kind !== 'storage'),
    nas,
    host: find,
    async cut(name, from, options = {}) {
      const host = find(name)
      if (from === 'storage' && (host.kind === 'machine' || (nas && state.sharedVia !== 'fuse'))) {
        if (nas === undefined) throw labFailure('lab.host-unknown', 'The lab has no storage host: make it with --nas')
        for (const address of nas.addresses) await cutAddress(names, host.ip, address, options)
        return
      }
      if (from === 'storage') {
        if (state.sharedVia !== 'fuse') {
          throw labFailure(
            'lab.storage-bind',
            `${name} cannot be cut from storage: its shared directory is bind-mounted`,
          )
        }
        return hangDoor(host.doorDir, true)
      }
      const other = from === 'server' ? serverIp : find(from).ip
      await cutAddress(names, host.ip, other, options)
    },
    async heal() {
      for (const host of hosts) hangDoor(host.doorDir, false)
      await removeCuts(names)
    },
    down: () => removeLab(dir, runtime),
  }
}

async function cutAddress(names: LabNames, host: string, other: string, options: CutOptions): Promise<void> {
  await addCut(names, host, other)
  if (!options.oneWay) await addCut(names, other, host)
}

/** Hosts that the lab has and shall have, each at its place. */
function wantedHosts(options: LabOptions, before: LabState | undefined, subnet: string): HostRecord[] {
  const had = (kind: HostKind): number => before?.hosts.filter((host) => host.kind === kind).length ?? 0
  const containers = hostNames(Math.max(options.hosts, had('container')))
  const machines = machineHostNames(Math.max(options.machines ?? 0, had('machine')))
  const storage = options.nas === true || had('storage') > 0
  const hosts: HostRecord[] = [
    ...containers.map((name, at) => ({ name, ip: hostAddress(subnet, at), kind: 'container' as const })),
    ...machines.map((name, at) => ({ name, ip: machineAddress(subnet, at), kind: 'machine' as const })),
    ...(storage ? [{ name: storageHostName, ip: storageAddresses(subnet)[0], kind: 'storage' as const }] : []),
  ]
  if (hosts.length === 0) throw labFailure('lab.argument', 'A lab has at least one host')
  return hosts
}

function nasOf(state: LabState, hosts: readonly LabHost[]): Nas | undefined {
  const host = hosts.find((each) => each.kind === 'storage')
  if (host === undefined) return undefined
  return {
    host,
    addresses: storageAddresses(state.subnet),
    exports: nfsExports,
    iscsi: { port: 3260, targets: iscsiTargets, user: chapUser, password: state.password },
    dir: storageDir(host.dir),
  }
}

/** Another subnet than before (the old one is taken now): hosts would come up with dead addresses. */
function refuseNewSubnet(dir: string, before: LabState): never {
  throw labFailure(
    'lab.subnet',
    `The subnet ${before.subnet}.0/24 of the lab in ${dir} is used by something else now`,
    {
      fix: `Free that subnet, or run ./alto lab down --data-dir ${dir} and up again.`,
    },
  )
}
