import { existsSync } from 'node:fs'
import { mkdir, realpath, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Runtime, systemRuntime } from '@altostack/core'
import { baseTree, cacheDirectory } from './base-tree.ts'
import { killContainer, mountsUnder, removeTraces } from './container.ts'
import { labFailure } from './errors.ts'
import { makeHostLayer } from './host-layer.ts'
import { type LabHost, labHost } from './lab-host.ts'
import { type HostRecord, type LabState, readLabState, type SharedVia, writeLabState } from './lab-state.ts'
import { cableName, hostNames, labId, labNames, machineName } from './names.ts'
import { addCut, ensureBridge, removeCuts, removeLink, removeNetwork } from './network.ts'
import { requireLabMachine } from './packages.ts'
import { run } from './run.ts'
import { closeDoor, hangDoor } from './shared-dir.ts'
import { hostAddress, serverAddress } from './subnet.ts'

export interface LabOptions {
  /** The lab's directory; made when missing. It must not lie on an overlay file system. */
  readonly dir: string
  /** How many hosts: h1, h2, … A lab that has fewer grows. */
  readonly hosts: number
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
  readonly hosts: readonly LabHost[]
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
  await requireLabMachine()
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
  const wanted = hostNames(Math.max(options.hosts, before?.hosts.length ?? 0))
  const hosts: HostRecord[] = wanted.map((name, index) => ({ name, ip: hostAddress(subnet, index) }))
  const state: LabState = {
    version: 1,
    id: names.id,
    subnet,
    password: before?.password || Buffer.from(runtime.randomBytes(8)).toString('hex'),
    base,
    shared,
    sharedVia: options.sharedVia ?? before?.sharedVia ?? 'bind',
    hosts,
  }
  await writeLabState(dir, state)
  if (!existsSync(join(dir, 'id_ed25519'))) {
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', `lab-${names.id}`, '-f', join(dir, 'id_ed25519')])
  }
  const lab = labOf(dir, state, runtime)
  await Promise.all(hosts.map((host) => makeHostLayer(dir, state, host, runtime)))
  for (const host of lab.hosts) {
    if (host.isOn()) continue
    log(`starting ${host.name} at ${host.ip}`)
    await host.start()
  }
  await Promise.all(lab.hosts.map((host) => host.waitReady()))
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
  const hosts = state?.hosts.length ? state.hosts.map((host) => host.name) : hostNames(99)
  await Promise.all(
    hosts.map(async (name) => {
      await closeDoor(join(path, 'hosts', name, 'door'))
      await killContainer(machineName(names.id, name), runtime)
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
    hosts,
    host: find,
    async cut(name, from, options = {}) {
      const host = find(name)
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
      await addCut(names, host.ip, other)
      if (!options.oneWay) await addCut(names, other, host.ip)
    },
    async heal() {
      for (const host of hosts) hangDoor(host.doorDir, false)
      await removeCuts(names)
    },
    down: () => removeLab(dir, runtime),
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
